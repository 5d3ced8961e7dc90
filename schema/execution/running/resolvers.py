"""Asks the resolvers of a field for what it has for each object."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import strawberry
from strawberry.exceptions import WrongNumberOfResultsReturned
from strawberry.execution import optimized_is_awaitable

from schema.execution.fields.batched import Answers, Parents
from schema.execution.fields.columnar import is_frame, is_groups
from schema.execution.graphql_core import Core
from schema.execution.planning.arguments import coerced, converted
from schema.execution.planning.lookahead import following
from schema.execution.planning.plan import Field
from schema.execution.planning.resolution import Batched, Opaque, Resolver, TypeName
from schema.execution.running.invoke import called
from schema.execution.running.paths import Batch, Column
from schema.execution.running.resolve_info import raw_info


class Resolvers:
    """The resolvers of one operation's fields, with their arguments."""

    def __init__(self, schema: strawberry.Schema, core: Core) -> None:
        self._schema, self._core = schema, core

    async def asked(self, field: Field, batched: Batched, batch: Batch, parents: Sequence[Any]) -> Sequence[Any]:
        """What a batched field has for all parents, of which a batch is the first. Raises what the field raises."""
        raw = raw_info(self._core, Column(batch, field))
        if batched.extended:
            given = coerced(self._core, field)
            answer = field.definition.resolve(Parents(parents), raw, **given)
            answers = await answer if optimized_is_awaitable(answer) else answer
            # An extension may answer in place of the field: then for all parents alike.
            return list(answers) if isinstance(answers, Answers) else [answers] * len(parents)
        info = self._schema.config.info_class(_raw_info=raw, _field=batched.field)
        given = converted(self._schema, self._core, field, batched.field, info)
        found = await batched.batch(parents, info, **{**batched.defaults, **given})
        answers = found if is_frame(found) or is_groups(found) else list(found)
        if len(answers) != len(parents):
            raise WrongNumberOfResultsReturned(expected=len(parents), received=len(answers))
        return answers

    def values(self, batch: Batch, field: Field) -> list[Any]:
        """What a field has for each object; an exception where it has none."""
        resolution, sources = field.resolution, batch.sources
        if isinstance(resolution, TypeName):
            return [field.kind.name] * len(sources)
        try:
            if isinstance(resolution, Resolver):
                return self._resolved(batch, field, resolution)
            assert isinstance(resolution, Opaque)
            raw, given = raw_info(self._core, Column(batch, field)), coerced(self._core, field)
            resolve = field.definition.resolve or self._core.field_resolver
            return called(lambda source: resolve(source, raw, **given), sources)
        except Exception as error:
            return [error] * len(sources)

    def _resolved(self, batch: Batch, field: Field, resolver: Resolver) -> list[Any]:
        raw = raw_info(self._core, Column(batch, field))
        info = self._schema.config.info_class(_raw_info=raw, _field=resolver.field)
        raw.following = partial(following, self._schema, self._core, field)
        given = converted(self._schema, self._core, field, resolver.field, info)
        if resolver.info is not None:
            given = {**given, resolver.info: info}
        function, name = resolver.function, resolver.parent
        if name is None:
            return called(lambda _source: function(**given), batch.sources)
        if resolver.by_position:
            return called(partial(function, **given) if given else function, batch.sources)
        return called(lambda source: function(**given, **{name: source}), batch.sources)
