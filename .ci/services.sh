#!/bin/sh
# Installs what some tests start for themselves (as root, on Debian or Ubuntu): a second kind of database server, and pgbouncer.
# Without them those tests are skipped and say so.
set -eu

wanted=""
[ -x /usr/sbin/mariadbd ] || wanted="mariadb-server"
[ -x /usr/sbin/pgbouncer ] || wanted="$wanted pgbouncer"
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "absent, and cannot be installed here:$wanted: their tests will be skipped" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# The tests start servers of their own; the packages must not start any.
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
trap 'rm -f /usr/sbin/policy-rc.d' EXIT
apt-get install -y -qq --no-install-recommends $wanted
