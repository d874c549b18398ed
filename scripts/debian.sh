# What only root on Debian can do: install with apt, and leave no service running.
# shellcheck shell=bash

POLICY=/usr/sbin/policy-rc.d
NO_CLUSTER=/etc/postgresql-common/createcluster.d/harborlight-setup.conf

may_use_apt() {
    [ "${HARBORLIGHT_APT:-1}" != 0 ] && [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] &&
        command -v apt-get >/dev/null
}

# install_debian PACKAGE...: fails (without ending the script) where that is not possible.
install_debian() {
    may_use_apt || return 1
    export DEBIAN_FRONTEND=noninteractive
    # Lists older than a day name packages that may be gone.
    if [ -z "$(find /var/lib/apt/lists -name '*_Packages*' -mtime -1 2>/dev/null | head -n 1)" ]; then
        quietly "apt-get update" apt-get update || true
    fi
    quietly "apt-get install $*" apt-get install -y --no-install-recommends "$@"
}

has_program() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" >/dev/null; }

has_postgres() {
    local found
    for found in /usr/lib/postgresql/*/bin/postgres; do
        [ -x "$found" ] && return 0
    done
    has_program postgres
}

missing_servers() {
    has_program mosquitto || echo mosquitto
    has_program chromium || echo chromium
    has_program victoria-metrics || echo victoria-metrics
    has_postgres || echo postgresql
}

# The real servers that some tests start for themselves. Where one can't be had, the tests that
# need it say so: they are skipped, or fail where CI=true.
install_servers() {
    local missing
    missing="$(missing_servers | tr '\n' ' ')"
    missing="${missing% }"
    [ -n "$missing" ] || return 0
    if ! may_use_apt; then
        say "not on this machine: $missing. Tests that need them will be skipped. On Debian, as" \
            "root: apt-get install --no-install-recommends $missing"
        return 0
    fi
    without_services install_each "$missing" || say "some could not be installed; going on without"
}

# All at once is quick; one by one where a package is not to be had, so that the others come.
install_each() {
    local package failed=0
    # shellcheck disable=SC2086 # words are wanted
    install_debian $1 && return 0
    for package in $1; do
        install_debian "$package" || failed=1
    done
    return "$failed"
}

# The tests start servers of their own; those of the packages are to stay off.
without_services() {
    local made_policy="" result=0
    if [ ! -e "$POLICY" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$POLICY"
        chmod +x "$POLICY"
        made_policy=yes
    fi
    mkdir -p "$(dirname "$NO_CLUSTER")"
    echo "create_main_cluster = false" >"$NO_CLUSTER"
    "$@" || result=$?
    rm -f "$NO_CLUSTER"
    [ -z "$made_policy" ] || rm -f "$POLICY"
    stay_off "$2"
    return "$result"
}

stay_off() {
    [ -d /run/systemd/system ] || return 0
    local package
    for package in $1; do
        case "$package" in
            mosquitto | victoria-metrics) systemctl disable --quiet --now "$package" || true ;;
            *) ;;
        esac
    done
}
