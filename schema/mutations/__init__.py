"""Mutations: how they are declared, their inputs, and their user errors."""
