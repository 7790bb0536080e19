# SPDX-License-Identifier: GPL-3.0-or-later
# A Dovecot of the test's own on loopback: its folders, ports and certificate, stopped by its pid.
# shellcheck shell=bash

have_dovecot() {
    PATH=$PATH:/usr/sbin:/sbin
    command -v dovecot >/dev/null && command -v doveadm >/dev/null && command -v openssl >/dev/null &&
        [ -x /usr/lib/dovecot/imap ] && [ -x /usr/lib/dovecot/pop3 ]
}

# Ports that nobody listens on, a line each.
free_ports() {
    python3 - "$1" <<'END'
import socket
import sys

sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
for s in sockets:
    print(s.getsockname()[1])
END
}

# An authority, and a certificate of its own for this machine; another authority nobody signed for.
make_certificates() {
    local folder=$1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj /CN=postroom-test-ca -keyout "$folder/ca.key" -out "$folder/ca.pem"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj /CN=other-ca -keyout "$folder/other.key" -out "$folder/other.pem"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
        -keyout "$folder/key.pem" -out "$folder/request.pem"
    printf 'subjectAltName=DNS:localhost\n' >"$folder/extensions"
    openssl x509 -req -days 30 -in "$folder/request.pem" -CA "$folder/ca.pem" \
        -CAkey "$folder/ca.key" -CAcreateserial -extfile "$folder/extensions" \
        -out "$folder/cert.pem"
} >/dev/null 2>&1

# Starts it in a new folder, $DOVECOT; sets IMAP_PORT IMAPS_PORT POP_PORT POPS_PORT. Users are user1
# to user99 and "bø b@c", the password is "höch geheim {5}".
start_dovecot() {
    local ports user group
    DOVECOT=$(mktemp -d "${TMPDIR:-/tmp}/postroom-dovecot.XXXXXX")
    chmod 755 "$DOVECOT"
    mkdir -m 755 "$DOVECOT/mail" "$DOVECOT/home"
    mapfile -t ports < <(free_ports 4)
    export DOVECOT IMAP_PORT=${ports[0]} IMAPS_PORT=${ports[1]} POP_PORT=${ports[2]} \
        POPS_PORT=${ports[3]}
    # Dovecot gives no mail to root; who is not root can be nobody but himself.
    user=$(id -un) group=$(id -gn)
    if [ "$(id -u)" -eq 0 ]; then
        user=mail group=mail
        chown mail:mail "$DOVECOT/mail" "$DOVECOT/home"
    fi
    make_certificates "$DOVECOT"
    seq -f 'user%g:{PLAIN}höch geheim {5}::::::' 99 >"$DOVECOT/users"
    echo 'bø b@c:{PLAIN}höch geheim {5}::::::' >>"$DOVECOT/users"
    cat >"$DOVECOT/dovecot.conf" <<END
base_dir = $DOVECOT/run
state_dir = $DOVECOT/run
log_path = $DOVECOT/log
protocols = imap pop3
listen = 127.0.0.1
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
first_valid_uid = 1
mail_location = maildir:$DOVECOT/mail/%u
mail_fsync = never
maildir_stat_dirs = yes
auth_username_chars =
auth_mechanisms = plain
disable_plaintext_auth = no
auth_failure_delay = 0
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <$DOVECOT/cert.pem
ssl_key = <$DOVECOT/key.pem
passdb {
  driver = passwd-file
  args = $DOVECOT/users
}
userdb {
  driver = static
  args = uid=$(id -u "$user") gid=$(id -g "$user") home=$DOVECOT/home/%u
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $IMAP_PORT
  }
  inet_listener imaps {
    port = $IMAPS_PORT
    ssl = yes
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = $POP_PORT
  }
  inet_listener pop3s {
    port = $POPS_PORT
    ssl = yes
  }
}
service anvil {
  chroot =
  # A wrong password makes nobody else wait.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
END
    # Nothing that bats waits for may stay open.
    dovecot -c "$DOVECOT/dovecot.conf" </dev/null >"$DOVECOT/start" 2>&1 3>&- || {
        cat "$DOVECOT/start" "$DOVECOT/log"
        return 1
    }
    for _ in $(seq 50); do
        ! (: <"/dev/tcp/127.0.0.1/$POPS_PORT") 2>/dev/null || return 0
        sleep 0.1
    done
    cat "$DOVECOT/log"
    return 1
}

stop_dovecot() {
    local pid
    [ -n "${DOVECOT:-}" ] || return 0
    if pid=$(cat "$DOVECOT/run/master.pid" 2>/dev/null); then
        kill "$pid"
        for _ in $(seq 100); do
            [ -e "$DOVECOT/run/master.pid" ] || break
            sleep 0.05
        done
    fi
    rm -rf "$DOVECOT"
}
