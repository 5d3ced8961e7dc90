#!/bin/sh
# Fetches the newest pgbouncer of Debian into .pgbouncer/ with all that it needs, for the tests of poolers; installs nothing.
set -eu
cd "$(dirname "$0")/.."
SUITE=sid
HERE=$PWD/.pgbouncer
LIBRARIES="libc6 libcares2 libevent-2.1-7t64 libssl3t64 libsystemd0 libldap2 libpam0g libsasl2-2 libcap2 libzstd1 libaudit1 libcap-ng0 zlib1g libgcc-s1"
mkdir -p "$HERE/apt/lists/partial" "$HERE/apt/archives/partial" "$HERE/root"
# The archive that this machine uses already, of another suite.
MIRROR=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $MIRROR $SUITE main" > "$HERE/apt/sources.list"
APT="-o Dir::Etc::sourcelist=$HERE/apt/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=$HERE/apt/lists -o Dir::Cache=$HERE/apt -o APT::Sandbox::User=$(id -un)"
# shellcheck disable=SC2086
apt-get $APT -qq update
# shellcheck disable=SC2086
(cd "$HERE/apt/archives" && rm -f ./*.deb && apt-get $APT -qq download pgbouncer $LIBRARIES)
for package in "$HERE"/apt/archives/*.deb; do dpkg-deb -x "$package" "$HERE/root"; done
rm -rf "$HERE/apt"
# With the C library of its own suite, which may be newer than that of this machine.
cat > "$HERE/pgbouncer" <<'EOF'
#!/bin/sh
ROOT=$(dirname "$0")/root
LOADER=$(ls "$ROOT"/usr/lib64/ld-linux-x86-64.so.2 "$ROOT"/usr/lib/ld-linux-aarch64.so.1 2>/dev/null | head -n 1)
exec "$LOADER" --library-path "$(ls -d "$ROOT"/usr/lib/*-linux-gnu)" "$ROOT/usr/sbin/pgbouncer" "$@"
EOF
chmod 755 "$HERE/pgbouncer"
"$HERE/pgbouncer" --version | head -n 1
