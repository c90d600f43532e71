"""PostgreSQL of Debian, ClickHouse's engine and SeaweedFS of PyPI, for as long as a test asks them; nothing of them is left behind."""

import glob
import json
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

PASSWORD = "geh:eim/% ö"


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def certificate(folder, user):
    """A certificate of localhost that nobody else has signed."""
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem"
    more = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(["openssl", *words.split(), *more], cwd=folder, check=True, capture_output=True, **user)


class Postgres:
    """A cluster of its own: the user duotile may do anything, reader may read, with a password."""

    def __init__(self, programs):
        self.programs, self.port = programs, free_port()
        self.home = Path(tempfile.mkdtemp(prefix="duotile-postgres-"))
        # It does not run as root.
        self.user = {}
        if os.getuid() == 0:
            other = pwd.getpwnam("postgres")
            os.chown(self.home, other.pw_uid, other.pw_gid)
            self.user = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        self.run("initdb", "-D", self.home / "data", "-U", "duotile", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        certificate(self.home, self.user)
        access = "local all all trust\nhost all duotile 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.home / "data" / "pg_hba.conf").write_text(access)
        self.start()
        quoted = PASSWORD.replace("'", "''")
        self.sql(f"CREATE EXTENSION postgis; CREATE ROLE reader LOGIN PASSWORD '{quoted}'")

    def run(self, program, *words):
        """One of its programs."""
        done = subprocess.run(
            [f"{self.programs}/{program}", *map(str, words)], capture_output=True, text=True, cwd="/", check=False, **self.user
        )
        if done.returncode != 0:
            raise SystemExit(f"{program}: {done.stdout}{done.stderr}")

    def start(self):
        """Starts it, on this machine only."""
        how = f"-c ssl=on -c ssl_cert_file={self.home}/cert.pem -c ssl_key_file={self.home}/key.pem "
        how += f"-k {self.home} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=20"
        self.run("pg_ctl", "-D", self.home / "data", "-w", "-l", self.home / "log", "-o", how, "start")

    def stop(self):
        """Ends it at once, as a power cut does."""
        self.run("pg_ctl", "-D", self.home / "data", "-m", "immediate", "-w", "stop")

    def sql(self, text):
        """What a statement, or several, answer."""
        done = subprocess.run(
            ["psql", "-h", self.home, "-p", str(self.port), "-U", "duotile", "-d", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1"],
            input=text, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"psql: {done.stderr}")
        return done.stdout.strip()


@contextmanager
def postgres():
    """A cluster, or None where the programs are not there."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not found:
        yield None
        return
    base = Postgres(found[-1])
    try:
        yield base
    finally:
        try:
            base.stop()
        except SystemExit:
            pass
        shutil.rmtree(base.home, ignore_errors=True)


class ClickHouse(ThreadingHTTPServer):
    """The engine behind as much of its HTTP interface as a client of it needs."""

    daemon_threads = True

    def __init__(self, session):
        super().__init__(("127.0.0.1", 0), Front)
        # The engine answers one after another.
        self.session, self.lock, self.cut = session, threading.Lock(), False
        self.port = self.server_address[1]

    def sql(self, text, form="TSV", values=None):
        """What a query answers."""
        with self.lock:
            answer = self.session.query(text, form, params=values) if values else self.session.query(text, form)
            return bytes(answer.bytes() or b"")


class Front(BaseHTTPRequestHandler):
    """A query is the body of a POST; how it is answered stands at its end."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        said = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if (self.headers.get("X-ClickHouse-User", "default"), self.headers.get("X-ClickHouse-Key")) != ("reader", PASSWORD_SENT):
            wrong = "Code: 516. DB::Exception: reader: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)"
            return self.answer(403, wrong.encode(), {"X-ClickHouse-Exception-Code": "516"})
        form = re.search(r"\bFORMAT\s+(\w+)\s*$", query)
        values = {name[6:]: value for name, value in said.items() if name.startswith("param_")}
        try:
            body = self.server.sql(query[: form.start()], form[1], values)
        except Exception as error:  # Whatever the engine says.
            return self.answer(500, str(error).encode(), {"X-ClickHouse-Exception-Code": "1"})
        if self.server.cut and form[1] == "ArrowStream":
            # As when memory runs out while rows are on their way.
            body = body[: len(body) // 2] + b"Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)"
        return self.answer(200, body, {"X-ClickHouse-Format": form[1]})

    def answer(self, status, body, more):
        self.send_response(status)
        for name, value in {**more, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


# Headers are bytes, which Python reads as Latin-1.
PASSWORD_SENT = PASSWORD.encode().decode("latin-1")


@contextmanager
def clickhouse():
    """A server and one by TLS, or None where the engine is not there."""
    try:
        from chdb.session import Session
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="duotile-clickhouse-") as folder:
        session = Session(f"{folder}/data")
        server, server.secured = ClickHouse(session), ClickHouse(session)
        certificate(folder, {})
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
        server.secured.socket = context.wrap_socket(server.secured.socket, server_side=True)
        server.cert = f"{folder}/cert.pem"
        both = [server, server.secured]
        for one in both:
            threading.Thread(target=one.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            for one in both:
                one.shutdown()
                one.server_close()
            session.close()


class ObjectStore:
    """SeaweedFS: what is in the bucket `open` anybody may have, in others the key `duotile` with the password."""

    def __init__(self, program, folder):
        keys = [{"accessKey": "duotile", "secretKey": PASSWORD}]
        who = [{"name": "reader", "credentials": keys, "actions": ["Read", "List"]}, {"name": "anonymous", "actions": ["Read:open"]}]
        (folder / "s3.json").write_text(json.dumps({"identities": who}))
        ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
        words = [f"-{name}.port={port}" for name, port in ports.items()] + [f"-{name}.port.grpc={free_port()}" for name in ports]
        words += ["-s3.port.iceberg=0", "-s3.iam=false", f"-s3.config={folder}/s3.json", "-master.volumeSizeLimitMB=64", "-volume.max=20"]
        words += [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
        log = (folder / "log").open("w")
        self.process = subprocess.Popen([program, "server", *words], stdout=log, stderr=log, cwd=folder)
        self.filer, self.port = ports["filer"], ports["s3"]
        end = time.monotonic() + 60
        while not all(map(listens, ports.values())):
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"SeaweedFS does not start: {(folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)

    def put(self, bucket, key, body):
        """Writes an object, past the keys."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.filer}/buckets/{bucket}/{key}", data=body, method="PUT")
        end = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30):
                    return
            # Its parts find one another a moment after they listen.
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)


def listens(port):
    """Whether somebody does."""
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def object_store():
    """A store, or None where it cannot be had."""
    program = Path(sys.executable).parent / "weed"
    if not program.exists():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="duotile-objects-", ignore_cleanup_errors=True) as folder:
        store = ObjectStore(str(program), Path(folder))
        try:
            yield store
        finally:
            store.process.kill()
            store.process.wait()
