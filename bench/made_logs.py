"""Log files as servers write them, from a fixed seed: syslog, web access and error logs, application logs. The corpus `logs` has a few large
files; `days` has 8,000 small ones a day. Every figure is drawn from ranges and shapes that are seen in practice, none is tuned to a tool."""

import calendar
import itertools
import json
import os
import random
import string
import time
import zlib

SEED = 20260101
FIRST_DAY = calendar.timegm((2026, 1, 1, 0, 0, 0))
FILES_A_DAY = 8000
WORDS = ("account active archive asset audit balance batch billing branch bucket budget cache campaign cart catalog channel checkout client cluster comment "
         "config contact content contract coupon credit customer dashboard delivery device digest discount document domain draft event export feature feed "
         "field filter folder gateway group history image import index inventory invoice item job journal label ledger library license list location login "
         "mailbox manager media member message metric module monitor network note notice offer order page partner password payment payroll permission photo "
         "plan policy portal post price product profile project promo provider quote rate receipt record refund region registry release report request "
         "resource result review role route rule sample schedule schema search segment service session setting shipment signup snapshot source status stock "
         "storage store stream subscription summary supplier support survey sync table tag task template tenant ticket timeline token topic transfer update "
         "upload user vendor version video view voucher wallet webhook widget workflow").split()
HOST_PARTS = ("web", "db", "cache", "mail", "edge", "app", "queue", "build", "proxy", "store")
USERS = ("root", "admin", "deploy", "backup", "postgres", "git", "ubuntu", "test", "oracle", "ftpuser", "alice", "bob", "carol", "jenkins", "nagios", "www")
AGENTS = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.{} Safari/605.1.15",
          "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
          "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "curl/7.{}.0", "Go-http-client/2.0", "kube-probe/1.{}", "-",
          "python-requests/2.{}.0", "okhttp/4.{}.0")


class Draw:
    """Draws of a named generator: each file's bytes depend on the seed and its name only."""

    def __init__(self, name):
        self.random = random.Random(SEED * 1_000_003 + zlib.crc32(name.encode()))
        self.real = self.random.random
        self.counters = {}

    def below(self, count):
        return int(self.real() * count)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def one(self, values):
        return values[self.below(len(values))]

    def climbing(self, name, start, step):
        """A counter, as of processes, connections or offsets: it grows by up to `step` a draw, and now and then stands still."""
        value = self.counters.get(name) or self.between(start, 8 * start)
        self.counters[name] = value + (self.between(0, step) if self.real() < 0.7 else 0)
        return value

    def skewed(self, values):
        """The first are far more common, as in Zipf's law."""
        return values[min(len(values) - 1, int(len(values) ** self.real()) - 1)]

    def long_tailed(self, middle):
        return int(middle * 2 ** self.random.gauss(0, 1.5)) + 1

    def hexadecimal(self, digits):
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self):
        text = self.hexadecimal(32)
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) % 4]}{text[17:20]}-{text[20:]}"

    def address(self):
        return f"{self.between(1, 223)}.{self.below(256)}.{self.below(256)}.{self.between(1, 254)}"


class World:
    """What all files of one corpus share: hosts, visitors, paths, users."""

    def __init__(self, name):
        draw = Draw(name)
        self.hosts = [f"{part}{number:02d}" for number in range(1, 5) for part in HOST_PARTS]
        self.visitors = [draw.address() for _ in range(3000)]
        self.agents = [draw.one(AGENTS).format(draw.between(80, 131)) for _ in range(150)]
        self.paths = [self.path(draw) for _ in range(2500)]
        self.tenants = [draw.uuid() for _ in range(400)]
        self.inside = [f"10.{draw.below(4)}.{draw.below(16)}.{draw.between(2, 250)}" for _ in range(120)]

    @staticmethod
    def path(draw):
        shape = draw.below(6)
        first, second = draw.one(WORDS), draw.one(WORDS)
        return (f"/{first}/{second}", f"/api/v{draw.between(1, 3)}/{first}s/{draw.between(1, 99999)}", f"/static/{first}-{draw.hexadecimal(8)}.js",
                f"/{first}s/{draw.between(1, 9999)}/{second}", f"/images/{draw.between(2019, 2025)}/{draw.between(1, 12):02d}/{first}_{second}.jpg",
                f"/{first}?page={draw.between(1, 40)}&sort={second}")[shape]


def clock(when, form):
    return time.strftime(form, time.gmtime(when))


def syslog_stamp(when):
    return f"{clock(when, '%b')} {time.gmtime(when).tm_mday:2d} {clock(when, '%H:%M:%S')}"


FIELDS = {  # what stands in the templates below
    "user": lambda draw, world: draw.skewed(USERS),
    "visitor": lambda draw, world: draw.skewed(world.visitors),
    "inside": lambda draw, world: draw.one(world.inside),
    "host": lambda draw, world: draw.one(world.hosts),
    "path": lambda draw, world: draw.skewed(world.paths),
    "tenant": lambda draw, world: draw.skewed(world.tenants),
    "word": lambda draw, world: draw.skewed(WORDS),
    "port": lambda draw, world: draw.between(1024, 65535),
    "service_port": lambda draw, world: draw.between(1, 9999),
    "hex7": lambda draw, world: draw.hexadecimal(7),
    "hex16": lambda draw, world: draw.hexadecimal(16),
    "hex43": lambda draw, world: draw.hexadecimal(43),
    "queue": lambda draw, world: draw.hexadecimal(11).upper(),
    "mac": lambda draw, world: "52:54:00:" + ":".join(draw.hexadecimal(2) for _ in range(3)),
    "uuid": lambda draw, world: draw.uuid(),
    "tens": lambda draw, world: draw.between(1, 59),
    "hundreds": lambda draw, world: draw.between(40, 250),
    "thousands": lambda draw, world: draw.below(65536),
    "bytes": lambda draw, world: draw.long_tailed(9000),
    "milliseconds": lambda draw, world: draw.long_tailed(40),
    "count": lambda draw, world: draw.long_tailed(900),
    "fraction": lambda draw, world: f"{draw.real():.4f}",
    "short": lambda draw, world: f"{draw.real() * 9:.2f}",
    "seconds": lambda draw, world: f"{draw.real() * 60:.6f}",
    "uptime": lambda draw, world: f"{draw.climbing('uptime', 99999, 90)}.{draw.below(1000000):06d}",
    "serial": lambda draw, world: draw.climbing("serial", 50000, 30),
    "offset": lambda draw, world: draw.climbing("offset", 10**6, 40),
    "digit": lambda draw, world: draw.between(1, 5),
}


def pieces_of(template):
    return [(text, FIELDS[field] if field else None) for text, field, _, _ in string.Formatter().parse(template)]


def templates(*lines):
    return [pieces_of(line) for line in lines]


SSHD = templates("Failed password for invalid user {user} from {visitor} port {port} ssh2", "Failed password for {user} from {visitor} port {port} ssh2",
                 "Invalid user {user} from {visitor} port {port}", "Connection closed by authenticating user {user} {visitor} port {port} [preauth]",
                 "Received disconnect from {visitor} port {port}:11: Bye Bye [preauth]",
                 "Accepted publickey for {user} from {inside} port {port} ssh2: ED25519 SHA256:{hex43}",
                 "pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)", "pam_unix(sshd:session): session closed for user {user}")
POSTFIX = templates("{queue}: from=<{word}@example.org>, size={bytes}, nrcpt={digit} (queue active)", "{queue}: removed", "connect from unknown[{visitor}]",
                    "{queue}: to=<{user}@{word}.example.com>, relay=mx.example.com[{visitor}]:25, delay={short}, delays={short}/0/{short}/{short}, dsn=2.0.0, "
                    "status=sent (250 2.0.0 Ok: queued as {queue})", "disconnect from unknown[{visitor}] ehlo=1 auth=0/1 commands=1/2",
                    "{queue}: message-id=<{hex16}.{serial}@{host}.example.net>")
SYSTEMD = templates("Starting {word}.service - Refresh of {word}...", "{word}.service: Deactivated successfully.",
                    "Finished {word}.service - Refresh of {word}.", "Started session-{serial}.scope - Session {serial} of User {user}.",
                    "session-{serial}.scope: Deactivated successfully.",
                    "{word}.service: Consumed {short}s CPU time.", "{word}.timer: Adding {tens}min {seconds}s random time.")
KERNEL = templates("[{uptime}] [UFW BLOCK] IN=eth0 OUT= MAC={mac}:fe:00:00:3a:9c:01:08:00 SRC={visitor} DST={inside} LEN=44 TOS=0x00 PREC=0x00 TTL={hundreds} "
                   "ID={thousands} PROTO=TCP SPT={port} DPT={service_port} WINDOW=1024 RES=0x00 SYN URGP=0", "[{uptime}] eth0: renamed from veth{hex7}",
                   "[{uptime}] docker0: port {digit}(veth{hex7}) entered forwarding state",
                   "[{uptime}] audit: type=1400 audit({uptime}:{serial}): apparmor=\"ALLOWED\" operation=\"open\" "
                   "profile=\"/usr/sbin/{word}\" pid={port} comm=\"{word}\"")
CRON = templates("({user}) CMD (/usr/local/bin/{word}-{word} --quiet >/dev/null 2>&1)")
WEB_ERRORS = templates("open() \"/srv/www/{word}/{word}\" failed (2: No such file or directory)",
                       "upstream timed out (110: Connection timed out) while reading response header from upstream",
                       "upstream prematurely closed connection while reading response header from upstream",
                       "limiting requests, excess: {short} by zone \"{word}\"")
APPLICATION = templates("Processed {word} {uuid} for tenant {tenant} in {milliseconds} ms", "Cache hit ratio for {word}: {fraction} ({count}/{count})",
                        "Query returned {count} rows in {short} ms [{word}_id={serial}]", "Retry {digit}/5 of {word} after 400 ms",
                        "Published {word}.updated offset={offset} partition={digit} key={hex16}",
                        "Could not load {word} {serial}: connection to {inside}:5432 refused")
WORKER = templates("\"{word} {word} done\" took={seconds} count={count} id={hex16} peer={inside}:{port}", "\"{word} waits\" queue={word} depth={count}",
                   "\"{word} failed\" attempt={digit} error=\"dial tcp {inside}:{service_port}: i/o timeout\" id={uuid}")
PROGRAMS = (("sshd", SSHD), ("postfix/smtpd", POSTFIX), ("systemd", SYSTEMD), ("CRON", CRON), ("kernel", KERNEL), ("postfix/qmgr", POSTFIX))


def filled(draw, world, choice):
    """One of the templates, the first ones more often, with its fields drawn."""
    return "".join(text + (str(field(draw, world)) if field else "") for text, field in draw.skewed(choice))


def syslog_line(draw, world, when, host):
    name, choice = draw.skewed(PROGRAMS)
    tag = {"systemd": "systemd[1]", "kernel": "kernel"}.get(name) or f"{name}[{draw.climbing('process', 3000, 9)}]"
    return f"{syslog_stamp(when)} {host} {tag}: {filled(draw, world, choice)}\n"


def access_line(draw, world, when, _):
    status = draw.skewed((200, 200, 304, 200, 404, 301, 206, 499, 403, 500, 502))
    length = 0 if status == 304 else draw.long_tailed(5000)
    path = draw.skewed(world.paths)
    referer = f"https://www.example.com{draw.skewed(world.paths)}" if draw.real() < 0.4 else "-"
    method = "POST" if draw.real() < 0.1 else "GET"
    return (f"{draw.skewed(world.visitors)} - - [{clock(when, '%d/%b/%Y:%H:%M:%S')} +0000] \"{method} {path} HTTP/{draw.skewed(('1.1', '2.0', '1.0'))}\" "
            f"{status} {length} \"{referer}\" \"{draw.skewed(world.agents)}\"\n")


def error_line(draw, world, when, host):
    worker, connection, level = draw.between(812, 815), draw.climbing("connection", 90000, 60), draw.skewed(("error", "warn", "crit"))
    return (f"{clock(when, '%Y/%m/%d %H:%M:%S')} [{level}] {worker}#{worker}: *{connection} {filled(draw, world, WEB_ERRORS)}, "
            f"client: {draw.skewed(world.visitors)}, server: {host}.example.com, request: \"GET {draw.skewed(world.paths)} HTTP/1.1\", "
            f"upstream: \"http://{draw.one(world.inside)}:8080\"\n")


def application_line(draw, world, when, _):
    level, noun = draw.skewed(("INFO ", "DEBUG", "INFO ", "WARN ", "ERROR")), draw.skewed(WORDS)
    thread = f"{draw.skewed(('http-nio-8080-exec', 'scheduler', 'worker', 'kafka-consumer'))}-{draw.between(1, 16)}"
    stamp = f"{clock(when, '%Y-%m-%d %H:%M:%S')},{draw.below(1000):03d}"
    text = f"{stamp} {level} [{thread}] com.example.{noun}.{noun.capitalize()}Service - {filled(draw, world, APPLICATION)}\n"
    return text + (stack_trace(draw, noun) if level == "ERROR" else "")


def stack_trace(draw, noun):
    exception = draw.skewed(("IllegalStateException", "NullPointerException", "RuntimeException"))
    text = f"java.lang.{exception}: {noun} {draw.between(1, 99999)} is not available\n"
    for _ in range(draw.between(3, 14)):
        name, part = draw.skewed(WORDS), draw.skewed(("Service", "Controller", "Repository", "Client"))
        text += f"\tat com.example.{name}.{name.capitalize()}{part}.{draw.skewed(WORDS)}({name.capitalize()}{part}.java:{draw.between(20, 600)})\n"
    return text


def json_line(draw, world, when, host):
    record = {"ts": f"{clock(when, '%Y-%m-%dT%H:%M:%S')}.{draw.below(10**6):06d}Z", "level": draw.skewed(("info", "debug", "warn", "error")), "host": host,
              "service": draw.skewed(WORDS),
              "msg": draw.skewed(("request completed", "request started", "slow query", "message consumed", "token refreshed")),
              "trace_id": draw.hexadecimal(32), "span_id": draw.hexadecimal(16), "duration_ms": round(draw.long_tailed(2000) / 100, 2),
              "tenant": draw.skewed(world.tenants)}
    if draw.real() < 0.5:
        record.update(method=draw.skewed(("GET", "POST", "PUT", "DELETE")), path=draw.skewed(world.paths), status=draw.skewed((200, 201, 404, 500)),
                      bytes=draw.long_tailed(4000), remote=draw.skewed(world.visitors))
    return json.dumps(record, separators=(",", ":")) + "\n"


def key_value_line(draw, world, when, host):
    level, component = draw.skewed(("info", "warn", "error")), draw.skewed(WORDS)
    return f"time={clock(when, '%Y-%m-%dT%H:%M:%SZ')} level={level} component={component} host={host} msg={filled(draw, world, WORKER)}\n"


KINDS = {"syslog": syslog_line, "access": access_line, "error": error_line, "application": application_line, "events": json_line, "worker": key_value_line}


def lines_of(draw, world, kind, host, begin, end, count):
    """`count` lines in order of time, more by day than by night."""
    write = KINDS[kind]
    spans = list(itertools.accumulate(0.4 + draw.random.expovariate(1) for _ in range(count)))
    for span in spans:
        yield write(draw, world, begin + int((end - begin) * span / (spans[-1] + 1)), host)


def write_file(path, text, when):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (when, when))


def make_logs(out):
    """One large file of each kind, a week long: about 12 MB each."""
    world = World("logs")
    for kind, count in (("syslog", 100_000), ("access", 60_000), ("error", 40_000), ("application", 70_000), ("events", 40_000), ("worker", 60_000)):
        draw = Draw(f"logs/{kind}")
        end = FIRST_DAY + 7 * 86400
        write_file(out / f"{kind}.log", "".join(lines_of(draw, world, kind, world.hosts[0], FIRST_DAY, end, count)), end)


def make_days(out, days):
    """8,000 files a day: each host and kind has a file for each ten minutes or so, of few lines."""
    world, kinds = World("days"), list(KINDS)
    for day in range(days):
        begin = FIRST_DAY + 86400 * day
        for number in range(FILES_A_DAY):
            kind, host = kinds[number % len(kinds)], world.hosts[number // len(kinds) % len(world.hosts)]
            slot = number // (len(kinds) * len(world.hosts))
            start = begin + slot * 86400 * len(kinds) * len(world.hosts) // FILES_A_DAY
            draw = Draw(f"days/{day}/{number}")
            end = min(start + 2592, begin + 86400)
            text = "".join(lines_of(draw, world, kind, host, start, end, min(60, draw.long_tailed(5))))
            write_file(out / clock(begin, "%Y-%m-%d") / host / f"{kind}-{clock(start, '%H%M')}.log", text, end)


def make(name, out, days):
    make_logs(out) if name == "logs" else make_days(out, days)
