#!/usr/bin/env python3
"""Checks a guardrails-log/1 directory. Written from docs/audit-format.md alone.

    python3 verify.py DIR [--key VKEY_OR_FILE]... [--checkpoint FILE]... [--json]

Exit status: 0 intact, 1 damage, 2 can't read, 3 intact but unsigned.
Nothing is written. Python 3.11 or later, standard library only.
"""

import argparse
import base64
import binascii
import datetime
import errno
import functools
import hashlib
import json
import os
import re
import stat
import sys
from collections import Counter, namedtuple

MAX_LINE = 65535        # without the line feed
MAX_SMALL_FILE = 1 << 20  # log.json, checkpoint: the page sets no bound; a sane one keeps memory safe
MAX_SIGNATURES = 16
MAX_REPORTS = 20        # of one kind for one file; the rest is counted
HASH = 32


class CannotRead(Exception):
    """What was asked for can't be read at all: exit status 2."""


class Malformed(Exception):
    """Something hasn't the form that the page gives it."""


# --- CRC-32C -----------------------------------------------------------------------------------
# A loop over the bytes of each line is too slow in Python. So the line is first made shorter as one
# large integer: modulo the CRC's polynomial, x^290 = x^136 + x^113 + x^107 + x^32 + 1, and the same
# with all exponents doubled, again and again. Bit j of the integer is the coefficient of
# x^(bits - 1 - j): the CRC is a reflected one. The tests compare this with the plain loop.

_FOLD = 290
_FOLD_TO = (136, 113, 107, 32, 0)
_FOLD_GAP = 152   # not more than 290 - 136, and whole bytes


def _crc_table():
    table = []
    for x in range(256):
        for _ in range(8):
            x = (x >> 1) ^ (0x82F63B78 if x & 1 else 0)
        table.append(x)
    return table


_CRC = _crc_table()


def crc32c(data):
    bits = 8 * len(data)
    crc = 0xFFFFFFFF
    if bits >= _FOLD + _FOLD_GAP:
        value, crc = int.from_bytes(data, 'little') ^ crc, 0
        scale = 1
        while bits >= 2 * scale * (_FOLD + _FOLD_GAP):
            scale *= 2
        while scale:
            gap = _FOLD_GAP * scale
            mask = (1 << gap) - 1
            shifts = [(_FOLD - to) * scale - gap for to in _FOLD_TO]
            while bits >= _FOLD * scale + gap:
                high = value & mask
                value >>= gap
                for shift in shifts:
                    value ^= high << shift
                bits -= gap
            scale //= 2
        data = value.to_bytes(bits // 8, 'little')
    table = _CRC
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


# --- ECDSA on P-256 ----------------------------------------------------------------------------
# Verification only: everything in it is public, so it needn't run in constant time.

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
INFINITY = (1, 1, 0)  # Jacobian: x = X/Z^2, y = Y/Z^3


def on_curve(x, y):
    return x < P and y < P and (y * y - (x * x * x - 3 * x + B)) % P == 0


def double(point):
    x, y, z = point
    if not z or not y:
        return INFINITY
    delta, gamma = z * z % P, y * y % P
    beta = x * gamma % P
    alpha = 3 * (x - delta) * (x + delta) % P
    x3 = (alpha * alpha - 8 * beta) % P
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % P, 2 * y * z % P


def add(p, q):
    if not p[2]:
        return q
    if not q[2]:
        return p
    z1, z2 = p[2] * p[2] % P, q[2] * q[2] % P
    u1, u2 = p[0] * z2 % P, q[0] * z1 % P
    s1, s2 = p[1] * z2 * q[2] % P, q[1] * z1 * p[2] % P
    if u1 == u2:
        return double(p) if s1 == s2 else INFINITY
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, p[2] * q[2] * h % P


def parse_der_signature(der):
    """(r, s) of SEQUENCE { INTEGER, INTEGER } in DER; anything but the one right encoding fails."""
    # At most 72 bytes, so that every length is one byte.
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2 or der[1] > 0x7F:
        raise Malformed('the signature is not DER')
    numbers, at = [], 2
    for _ in range(2):
        if at + 2 > len(der) or der[at] != 0x02:
            raise Malformed('the signature is not DER')
        length = der[at + 1]
        value = der[at + 2:at + 2 + length]
        # Positive and without a needless zero in front.
        if (not 1 <= length <= 33 or len(value) != length or value[0] & 0x80
                or (length > 1 and value[0] == 0 and not value[1] & 0x80)):
            raise Malformed('the signature is not DER')
        numbers.append(int.from_bytes(value, 'big'))
        at += 2 + length
    if at != len(der):
        raise Malformed('the signature is not DER')
    return tuple(numbers)


@functools.lru_cache(maxsize=4096)
def ecdsa_verify(point, message, der):
    try:
        r, s = parse_der_signature(der)
    except Malformed:
        return False
    if not (0 < r < N and 0 < s < N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), 'big')
    w = pow(s, -1, N)
    u1, u2 = digest * w % N, r * w % N
    g, q = (*G, 1), (*point, 1)
    both = {1: g, 2: q, 3: add(g, q)}
    sum_ = INFINITY
    for bit in range(255, -1, -1):
        sum_ = double(sum_)
        pick = (u1 >> bit & 1) | (u2 >> bit & 1) << 1
        if pick:
            sum_ = add(sum_, both[pick])
    if not sum_[2]:
        return False
    return sum_[0] * pow(sum_[2], -2, P) % P % N == r


# --- Text forms --------------------------------------------------------------------------------

def unbase64(text):
    """Standard alphabet, padded, no bits left over; one encoding for each value."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Malformed('not base64') from None
    if base64.b64encode(data).decode('ascii') != text:
        raise Malformed('base64 is not canonical')
    return data


def is_name(text):
    """A key name by c2sp.org/signed-note: not empty, no white space, no plus; no controls either."""
    return (bool(text) and '+' not in text and not any(c.isspace() or c < ' ' or c == '\x7f' for c in text)
            and not any('\ud800' <= c <= '\udfff' for c in text))


Key = namedtuple('Key', 'text name id point')

SPKI_P256 = bytes.fromhex('3059301306072a8648ce3d020106082a8648ce3d030107034200')


def parse_vkey(text):
    if not isinstance(text, str):
        raise Malformed('a verifier key is text')
    parts = text.split('+', 2)  # base64 may hold a plus, a name can't
    if len(parts) != 3 or not is_name(parts[0]):
        raise Malformed('a verifier key is <name>+<8 hex>+<base64>')
    name, hex_id, encoded = parts
    if not re.fullmatch('[0-9a-f]{8}', hex_id):
        raise Malformed('the id of a verifier key is 8 lower-case hex digits')
    data = unbase64(encoded)
    spki = data[1:]
    if data[:1] != b'\x02':
        raise Malformed('the verifier key is not of kind 02')
    if len(spki) != 91 or not spki.startswith(SPKI_P256 + b'\x04'):
        raise Malformed('the verifier key is not an uncompressed ECDSA P-256 key')
    x, y = int.from_bytes(spki[27:59], 'big'), int.from_bytes(spki[59:], 'big')
    if not on_curve(x, y):
        raise Malformed('the verifier key is not a point of the curve')
    key_id = hashlib.sha256(spki).digest()[:4]
    if key_id.hex() != hex_id:
        raise Malformed("the verifier key's id does not fit the key")
    return Key(text, name, key_id, (x, y))


Note = namedtuple('Note', 'text origin size root message signatures')


def parse_checkpoint(text):
    """A signed note whose text is origin, size and root. Signatures aren't verified here."""
    if not isinstance(text, str):
        raise Malformed('a checkpoint is text')
    body, empty, rest = text.partition('\n\n')
    if not empty:
        raise Malformed('no empty line behind the text')
    lines = body.split('\n')
    if len(lines) != 3:
        raise Malformed('the text is not three lines')
    origin, size, root = lines
    if not is_name(origin):
        raise Malformed('the origin is not a name')
    if not re.fullmatch('0|[1-9][0-9]{0,18}', size):
        raise Malformed('the size is not a plain decimal number')
    root_hash = unbase64(root)
    if len(root_hash) != HASH:
        raise Malformed('the root is not 32 bytes')
    signatures = []
    if rest:
        if not rest.endswith('\n'):
            raise Malformed('the last line has no line feed')
        for line in rest[:-1].split('\n'):
            parts = line.split(' ')
            if len(parts) != 3 or parts[0] != '\u2014' or not is_name(parts[1]):
                raise Malformed('a signature line is not "\u2014 <name> <base64>"')
            data = unbase64(parts[2])
            if len(data) < 5:
                raise Malformed('a signature is too short')
            signatures.append((parts[1], data[:4], data[4:]))
        if len(signatures) > MAX_SIGNATURES:
            raise Malformed('more than 16 signatures')
    return Note(text, origin, int(size), root_hash, (body + '\n').encode('utf-8'), signatures)


class _Object(dict):
    """An object that remembers whether a name came twice: that is damage at a line's top level only."""
    has_name_twice = False


def _object(pairs):
    out = _Object(pairs)
    out.has_name_twice = len(out) != len(pairs)
    return out


def _integer(text):
    # No member of the format is negative or longer than this; as a float such a number stays
    # valid JSON in members that we pass over, and is refused where an integer is asked for.
    return int(text) if text[0] != '-' and len(text) < 20 else float(text)


def _constant(_):
    raise ValueError('NaN and Infinity are not JSON')


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_constant=_constant).decode


def parse_json(data):
    try:
        out = _decode(data.decode('utf-8') if isinstance(data, bytes) else data)
    except UnicodeDecodeError:
        raise Malformed('not UTF-8') from None
    except ValueError:
        raise Malformed('not JSON') from None
    except RecursionError:
        raise Malformed('JSON nested too deeply to be read') from None
    if isinstance(out, _Object) and out.has_name_twice:
        raise Malformed('an object has two members of the same name')
    return out


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_digest(value):
    return isinstance(value, str) and re.fullmatch('sha256:[0-9a-f]{64}', value) is not None


# --- Files -------------------------------------------------------------------------------------

def list_dir(path):
    """Name to whether it is a regular file; None if the directory isn't there."""
    try:
        with os.scandir(path) as entries:
            return {e.name: e.is_file() for e in entries}
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as e:
        raise CannotRead(f'{path}: {e.strerror}') from None


def read_file(path, limit=None):
    """The content, or None if it isn't a file; at most limit + 1 bytes."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None  # opening a pipe would wait for ever
        with open(path, 'rb') as f:
            # Never asks for more than is there: Python sets the memory aside beforehand.
            return f.read() if limit is None else f.read(min(limit, os.fstat(f.fileno()).st_size) + 1)
    except OSError as e:
        if e.errno in (errno.ENOENT, errno.ENOTDIR):
            return None
        raise CannotRead(f'{path}: {e.strerror}') from None


# --- The tree ----------------------------------------------------------------------------------

class Tree:
    """All complete subtrees of RFC 6962's tree: level h holds those of 2^h leaves, 32 bytes each.

    So a root of any size takes one hash for each bit of it, and tiles/<L>.bin is level 8 * L.
    """

    def __init__(self, leaves):
        self.size = len(leaves) // HASH
        self.levels = [leaves]
        sha256 = hashlib.sha256
        while len(self.levels[-1]) >= 2 * HASH:
            below = bytes(self.levels[-1])
            usable = len(below) // (2 * HASH) * (2 * HASH)
            self.levels.append(b''.join(
                [sha256(b'\x01' + below[i:i + 2 * HASH]).digest() for i in range(0, usable, 2 * HASH)]))

    def root(self, size):
        if size == 0:
            return hashlib.sha256(b'').digest()
        end, root = size, None
        for h in range(size.bit_length()):
            if size >> h & 1:
                at = ((end >> h) - 1) * HASH
                node = bytes(self.levels[h][at:at + HASH])
                root = node if root is None else hashlib.sha256(b'\x01' + node + root).digest()
                end -= 1 << h
        return root


# --- The report --------------------------------------------------------------------------------

class Report:
    def __init__(self):
        self.damage = []
        self.notices = []
        self._counts = Counter()

    def add(self, kind, file, message, record=None, line=None):
        self._counts[kind, file] += 1
        if self._counts[kind, file] <= MAX_REPORTS:
            self.damage.append({'kind': kind, 'file': file, 'record': record, 'line': line, 'message': message})

    def close(self):
        for (kind, file), count in self._counts.items():
            if count > MAX_REPORTS:
                self.damage.append({'kind': kind, 'file': file, 'record': None, 'line': None,
                                    'message': f'{count - MAX_REPORTS} more of this kind in this file'})


# --- The verifier ------------------------------------------------------------------------------

LINE_START = re.compile(
    rb'\{"v":1,"w":"([A-Za-z0-9_-]{21}[AQgw])","n":(0|[1-9][0-9]{0,18}),'
    rb'"t":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\.[0-9]{7}Z",'
    rb'"ev":"(?:[^"\\]|\\.)*",')
LINE_END = re.compile(rb',"crc":"([0-9a-f]{8})"\}\Z')
LINE_END_LENGTH = 18
SEGMENT_NAME = re.compile(r'[0-9]{20}\.jsonl')
TILE_NAME = re.compile(r'[0-9]{20}\.bin')
LEVEL_NAME = re.compile(r'([1-9][0-9]*)\.bin')
QUARANTINE_NAME = re.compile(r'quarantine-[0-9]{20}-[0-9a-f]{16}\.bin')


class Segment:
    def __init__(self, base):
        self.base = base
        self.file = f'segments/{base:020}.jsonl'
        self.tile_file = f'tiles/0/{base:020}.bin'
        self.count = 0
        self.leaves = bytearray()
        self.tile = None

    @property
    def end(self):
        return self.base + self.count


# A line that the log itself wrote. `line` counts from 1 in `file`.
Event = namedtuple('Event', 'index file line members')
Seal = namedtuple('Seal', 'index file line note')
# `seal_note` is the checkpoint of size index + 1; `event` is the key line, None if it was pruned.
# `line` is the text of a key line that was pruned.
Rotation = namedtuple('Rotation', 'index new old seal_note event line', defaults=(None,))


class Verifier:
    def __init__(self, directory, keys=(), checkpoints=()):
        self.dir = directory
        self.given_keys = list(keys)
        self.given_checkpoints = list(checkpoints)
        self.report = Report()
        self.origin = None
        self.signed = None       # None: the descriptor doesn't say
        self.first_key = None
        self.segments = []
        self.events = {name: [] for name in ('log.open', 'seal', 'key', 'prune', 'log.recover')}
        self.first_event = None
        self.rotations = []
        self.digest_claims = []
        self.bad_lines = set()
        self.sealed = 0
        self.anchored = None
        self.key_pinned = False

    def path(self, file):
        return os.path.join(self.dir, *file.split('/'))

    def run(self):
        self.root_entries = list_dir(self.dir)
        if self.root_entries is None:
            raise CannotRead(f'{self.dir}: not a directory')
        segment_entries = list_dir(self.path('segments'))
        if 'log.json' not in self.root_entries and segment_entries is None:
            raise CannotRead(f'{self.dir}: neither log.json nor segments/, so not a log')
        self.read_descriptor()
        self.scan_segments(segment_entries or {})
        self.read_tiles()
        self.assemble_tree()
        self.read_seals()
        self.collect_rotations()
        self.check_seals()
        self.check_rotations()
        self.find_sealed()
        self.check_log_opens()
        self.check_prunes()
        self.check_digests()
        self.check_tiles()
        self.check_checkpoint_file()
        self.check_given_checkpoints()
        self.check_recoveries()
        self.check_given_keys()
        self.mention_strangers()
        self.report.close()
        return self.result()

    def result(self):
        return {
            'intact': not self.report.damage,
            'signed': bool(self.signed),
            'key_pinned': self.key_pinned,
            'first_record': self.first,
            'records': self.total,
            'sealed_records': self.sealed,
            'anchored_records': self.anchored,
            'damage': self.report.damage,
            'notices': self.report.notices,
        }

    # --- log.json

    def read_descriptor(self):
        def bad(message):
            self.report.add('descriptor', 'log.json', message)

        data = read_file(self.path('log.json'), MAX_SMALL_FILE)
        self.descriptor_digest = None
        if data is None:
            return bad('missing')
        if len(data) > MAX_SMALL_FILE:
            return bad('far too long')
        self.descriptor_digest = 'sha256:' + hashlib.sha256(data).hexdigest()
        if not data.endswith(b'\n') or data.count(b'\n') != 1 or b'\r' in data:
            bad('not one line and a line feed')
        try:
            members = parse_json(data)
        except Malformed as e:
            return bad(str(e))
        if not isinstance(members, dict):
            return bad('not a JSON object')
        if list(members) != ['format', 'origin', 'log_id', 'hash', 'vkeys']:
            bad('the members are not format, origin, log_id, hash, vkeys, in this order')
        if members.get('format') != 'guardrails-log/1':
            bad('the format is not guardrails-log/1')
        if members.get('hash') != 'sha256':
            bad('the hash is not sha256')
        log_id = members.get('log_id')
        if not isinstance(log_id, str) or not re.fullmatch('[0-9a-f]{32}', log_id):
            bad('log_id is not 32 lower-case hex digits')
        origin = members.get('origin')
        if isinstance(origin, str) and is_name(origin):
            self.origin = origin
        else:
            bad('the origin is not a name')
        vkeys = members.get('vkeys')
        if not isinstance(vkeys, list) or len(vkeys) > 1:
            return bad('vkeys is not a list of at most one key')
        if not vkeys:
            self.signed = False
            return None
        try:
            key = parse_vkey(vkeys[0])
        except Malformed as e:
            return bad(str(e))
        if key.name != self.origin:
            bad("the verifier key's name is not the origin")
        self.signed, self.first_key = True, key
        return None

    # --- segments/

    def scan_segments(self, entries):
        for name, regular in sorted(entries.items()):
            if not SEGMENT_NAME.fullmatch(name):
                if not name.endswith('.tmp'):
                    self.report.notices.append(f'segments/{name} is not part of the log')
            elif not regular:
                self.report.add('segment', f'segments/{name}', 'not a file')
            else:
                self.segments.append(Segment(int(name[:20])))
        self.first = self.segments[0].base if self.segments else 0
        self.next_number = {}
        for i, segment in enumerate(self.segments):
            last = i == len(self.segments) - 1
            self.scan_segment(segment, last)
            if not last and segment.count == 0:
                self.report.add('segment', segment.file, 'empty, and not the last')
        for before, segment in zip(self.segments, self.segments[1:]):
            if segment.base > before.end:
                self.report.add('segment', segment.file,
                                f'lines {before.end} to {segment.base - 1} are missing before it', before.end)
            elif segment.base < before.end:
                self.report.add('segment', segment.file,
                                f'overlaps the segment before, which ends at {before.end}', segment.base)
        self.total = self.segments[-1].end if self.segments else 0
        if not self.segments:
            self.report.add('segment', 'segments', 'no segment')
        elif self.total == self.first:
            self.report.add('log_open', self.segments[0].file, 'the log has no line', self.first)

    def scan_segment(self, segment, last):
        path = self.path(segment.file)
        sha256 = hashlib.sha256
        try:
            with open(path, 'rb', buffering=1 << 20) as f:
                while raw := f.readline(MAX_LINE + 1):
                    index, number = segment.end, segment.count + 1
                    if raw[-1] == 10:
                        line = raw[:-1]
                        digest = sha256(b'\0' + line).digest()
                        self.check_line(segment, index, number, line)
                    else:
                        # Too long, or the last line without its line feed.
                        hasher, length = sha256(b'\0'), 0
                        while raw and raw[-1] != 10:
                            hasher.update(raw)
                            length += len(raw)
                            raw = f.readline(MAX_LINE + 1)
                        if not raw:
                            if last:
                                self.report.add('torn_tail', segment.file,
                                                f'the last {length} bytes have no line feed', index, number)
                                break
                            self.report.add('line', segment.file, 'no line feed', index, number)
                        else:
                            hasher.update(raw[:-1])
                            self.report.add('line', segment.file, 'longer than 65,535 bytes', index, number)
                        digest = hasher.digest()
                    segment.leaves += digest
                    segment.count += 1
        except OSError as e:
            raise CannotRead(f'{path}: {e.strerror}') from None

    def check_line(self, segment, index, number, line):
        def bad(message, kind='line'):
            if kind == 'line':
                self.bad_lines.add(index)
            self.report.add(kind, segment.file, message, index, number)

        if not line:
            return bad('empty')
        if b'\r' in line:
            bad('holds a carriage return')
        end = LINE_END.search(line, max(0, len(line) - LINE_END_LENGTH))
        if not end:
            bad('does not end with its crc')
        elif int(end[1], 16) != crc32c(line[:-LINE_END_LENGTH]):
            bad('the crc is wrong')
        start = LINE_START.match(line)
        if not start:
            bad('does not begin with v, w, n, t, ev as it must')
        else:
            try:
                datetime.datetime.fromisoformat(start[3].decode('ascii'))
            except ValueError:
                bad('t is not a time')
            writer, n = start[1], int(start[2])
            # Of a pruned log, a writer's first lines may be gone.
            expected = self.next_number.get(writer, n if self.first else 0)
            if n != expected:
                bad(f'writer {writer.decode("ascii")} has number {n} where {expected} is next', 'counter')
            self.next_number[writer] = n + 1
        try:
            members = parse_json(line)
        except Malformed as e:
            return bad(str(e))
        if not isinstance(members, dict):
            return bad('not a JSON object')
        kind = members.get('ev')
        event = Event(index, segment.file, number, members)
        if index == self.first:
            self.first_event = event
        if isinstance(kind, str) and kind in self.events:
            self.events[kind].append(event)
        return None

    # --- tiles/

    def read_tiles(self):
        """Reads tiles/0 and takes from it the hashes of the lines that are gone."""
        self.tiles_entries = list_dir(self.path('tiles')) or {}
        entries = list_dir(self.path('tiles/0')) or {}
        by_base = {s.base: s for s in self.segments}
        self.lost_tiles = {}   # base -> bytes, of segments that aren't there
        for name, regular in sorted(entries.items()):
            file = f'tiles/0/{name}'
            if not TILE_NAME.fullmatch(name):
                if not name.endswith('.tmp'):
                    self.report.notices.append(f'{file} is not part of the log')
                continue
            base = int(name[:20])
            segment = by_base.get(base)
            if segment is None:
                if base >= self.total and self.segments:
                    self.report.add('derived', file, 'there is no such segment', base)
                    continue
                kind = 'pruned_hashes' if base < self.first else 'derived'
            else:
                kind = 'derived'
            # Never more than its segment could hold, whatever the size of the file.
            bound = max(0, min((b for b in by_base if b > base), default=self.total) - base)
            data = read_file(self.path(file), bound * HASH) if regular else None
            if data is None:
                self.report.add(kind, file, 'not a file', base)
                continue
            if len(data) % HASH or len(data) > bound * HASH:
                self.report.add(kind, file, 'not a whole number of hashes, or more than there are lines', base)
                data = data[:min(len(data) // HASH, bound) * HASH]
            if segment is None:
                self.lost_tiles[base] = data
            else:
                segment.tile = data

    def assemble_tree(self):
        """One run of leaf hashes from 0, as far as they are known without a hole."""
        leaves = bytearray()
        have = {s.base: s for s in self.segments}
        self.segment_bases = set(have)   # of all segments, the lost ones included
        while (at := len(leaves) // HASH) < self.total:
            following = min((b for b in have if b > at), default=self.total)
            room = (following - at) * HASH
            if at in have:
                run = have[at].leaves[:room]
                if len(run) < room and have[at].tile:
                    # Lines are missing at its end; their hashes let the rest still be checked.
                    run += have[at].tile[len(run):]
            else:
                run = self.lost_tiles.get(at, b'')
                if run:
                    self.segment_bases.add(at)
                elif at < self.first:
                    self.report.add('pruned_hashes', f'tiles/0/{at:020}.bin',
                                    f'the hashes of the lines from {at} on, which are gone, are missing', at)
            if not run:
                break
            leaves += run
        self.tree = Tree(leaves)
        self.hole = self.tree.size if self.tree.size < self.total else None
        for base in self.lost_tiles:
            if base not in self.segment_bases and (self.hole is None or base < self.hole):
                self.report.add('derived', f'tiles/0/{base:020}.bin', 'does not begin where a segment does', base)
        if self.hole is not None:
            self.report.notices.append(f'no hash is known for line {self.hole}: roots from there on can not be checked')

    def fits(self, size, root, tree=None):
        """Whether the tree has this root at this size; None where a hole lets nobody say."""
        tree = tree or self.tree
        if size > tree.size:
            return None
        return tree.root(size) == root

    # --- seals and keys

    def read_seals(self):
        self.seals = []
        for e in self.events['seal']:
            try:
                note = parse_checkpoint(e.members.get('note'))
            except Malformed as problem:
                self.report.add('seal', e.file, f'the checkpoint has a wrong form: {problem}', e.index, e.line)
                note = None
            self.seals.append(Seal(e.index, e.file, e.line, note))
        self.seal_at = {s.index: s for s in self.seals}
        newest = next((s for s in reversed(self.seals) if s.note), None)
        self.newest_seal = newest
        # How far tiles must reach. A seal that lies about its size doesn't count.
        self.newest_sealed_size = newest.index if newest else 0

    def collect_rotations(self):
        """The changes of key: those below the first line from the newest prune line, then key lines."""
        if self.first and self.events['prune']:
            prune = self.events['prune'][-1]
            for rotation in self.read_rotations(prune):
                if rotation.index < self.first:
                    self.rotations.append(rotation)
        for e in self.events['key']:
            if self.signed is False:
                self.report.add('key', e.file, 'a key line in a log that is not signed', e.index, e.line)
                continue
            try:
                new, old = parse_vkey(e.members.get('vkey')), parse_vkey(e.members.get('replaces'))
            except Malformed as problem:
                self.report.add('key', e.file, str(problem), e.index, e.line)
                continue
            seal = self.seal_at.get(e.index + 1)
            if seal is None:
                self.report.add('key', e.file, 'the line right behind a key line must be a seal', e.index, e.line)
            self.rotations.append(Rotation(e.index, new, old, seal.note if seal else None, e))

    def read_rotations(self, prune, report=False):
        """The rotations of a prune line that can be read; says what's wrong if asked to."""
        def bad(message):
            if report:
                self.report.add('prune', prune.file, message, prune.index, prune.line)

        entries = prune.members.get('rotations', [])
        if not isinstance(entries, list) or ('rotations' in prune.members and not entries):
            bad('rotations is not a list of at least one change')
            return []
        out = []
        for entry in entries:
            if not isinstance(entry, dict) or not is_int(entry.get('index')):
                bad('an entry of rotations has no index')
                continue
            try:
                out.append(Rotation(entry['index'], parse_vkey(entry.get('vkey')), parse_vkey(entry.get('replaces')),
                                    parse_checkpoint(entry.get('note')), None, self.read_key_line(entry)))
            except Malformed as problem:
                bad(f'rotation at {entry["index"]}: {problem}')
        return out

    def read_key_line(self, entry):
        """The bytes of a rotation's key line, which must say the same as the entry."""
        line = entry.get('line')
        if not isinstance(line, str):
            raise Malformed('no line')
        members = parse_json(line)
        if not isinstance(members, dict) or (members.get('ev'), members.get('vkey'), members.get('replaces')) \
                != ('key', entry.get('vkey'), entry.get('replaces')):
            raise Malformed('its line is not a change of that key to this one')
        return line.encode('utf-8')

    def required_keys(self, size):
        """The keys that must have signed a checkpoint of this size."""
        current = self.first_key
        for rotation in self.rotations:
            if size <= rotation.index:
                break
            if size == rotation.index + 1:
                return [current, rotation.new]
            current = rotation.new
        return [current]

    def key_in_force(self, index):
        current = self.first_key
        for rotation in self.rotations:
            if rotation.index < index:
                current = rotation.new
        return current

    def signature_problems(self, note):
        if self.signed is None:
            return []   # reported with the descriptor
        if not self.signed:
            return ['a signature in a log that is not signed'] if note.signatures else []
        known = {}
        for key in [self.first_key] + [r.new for r in self.rotations]:
            known.setdefault((key.name, key.id), set()).add(key)
        problems, signers = [], set()
        for name, key_id, signature in note.signatures:
            keys = known.get((name, key_id))
            if keys is None:
                continue
            fitting = {k for k in keys if ecdsa_verify(k.point, note.message, signature)}
            if not fitting:
                problems.append(f'the signature of key {key_id.hex()} does not fit')
            signers |= fitting
        for key in self.required_keys(note.size):
            if key not in signers:
                problems.append(f'no valid signature of key {key.id.hex()}, which a checkpoint of size {note.size} needs')
        return problems

    def check_seals(self):
        """Form, position, origin and root of each seal; signatures of the last and of those behind a key line."""
        misfits = []
        rotation_seals = {r.index + 1 for r in self.rotations}
        self.bad_seals = set()
        for seal in self.seals:
            if seal.note is None:
                self.bad_seals.add(seal.index)
                continue
            problems = []
            if self.origin is not None and seal.note.origin != self.origin:
                problems.append("the origin is not the log's")
            if seal.note.size != seal.index:
                problems.append(f'the size is {seal.note.size}, not the index of the seal')
            for problem in problems:
                self.report.add('seal', seal.file, problem, seal.index, seal.line)
            if not problems:
                fits = self.fits(seal.note.size, seal.note.root)
                if fits is False:
                    misfits.append(seal)
                if not fits:
                    self.bad_seals.add(seal.index)
            else:
                self.bad_seals.add(seal.index)
            if seal is self.newest_seal or seal.index in rotation_seals:
                for problem in self.signature_problems(seal.note):
                    self.bad_seals.add(seal.index)
                    self.report.add('signature', seal.file, problem, seal.index, seal.line)
        self.report_misfits(misfits)

    def report_misfits(self, misfits):
        """Says which lines are to blame for seals whose root doesn't fit.

        Where a line's hash isn't the one in the tiles, one of the two is wrong. If the tiles' hashes
        make the seals fit, it's the lines; if the lines do, it's the tiles.
        """
        self.best_tree = self.tree
        self.tree_is_sound = not misfits
        if not misfits:
            return
        leaves = bytearray(self.tree.levels[0])
        for s in self.segments:
            if s.tile and s.base < self.tree.size:
                have = s.tile[:max(0, min(len(s.tile), len(leaves) - s.base * HASH))]
                leaves[s.base * HASH:s.base * HASH + len(have)] = have
        repaired = Tree(leaves)
        if any(self.fits(s.note.size, s.note.root, repaired) for s in misfits):
            self.best_tree, self.tree_is_sound = repaired, True
            for s in self.segments:
                for i in differing(s.leaves, s.tile or b''):
                    self.report.add('tree', s.file, "the line is not the one whose hash the tiles hold",
                                    s.base + i, i + 1)
            misfits = [s for s in misfits if self.fits(s.note.size, s.note.root, repaired) is False]
            if misfits:
                self.tree_is_sound = False
        for seal in misfits[:1]:
            # A seal itself can be the damaged line.
            good = [s for s in self.seals if s.index < seal.index and s.index not in self.bad_seals]
            since = good[-1].index if good else 0
            in_pruned = not good and self.first and not any(
                differing(s.leaves, s.tile or b'') for s in self.segments if s.base < seal.index)
            where = f'a line from {since} to {seal.index} is not what it was'
            if in_pruned:
                where = 'the hashes of the pruned lines, or a line behind them, are not what they were'
            more = f' ({len(misfits) - 1} later seals do not fit either)' if len(misfits) > 1 else ''
            self.report.add('tree', seal.file, f'the root of the seal does not fit the lines before it: {where}{more}',
                            seal.index, seal.line)
            if in_pruned:
                self.report.add('pruned_hashes', 'tiles/0', 'the roots of the seals do not fit the hashes of the pruned lines')

    def check_rotations(self):
        """Each change must replace the key in force and be vouched for by both keys."""
        self.trusted_keys = [self.first_key] if self.first_key else []
        self.first_bad_rotation = None
        current, previous = self.first_key, -1
        for r in self.rotations:
            pruned = r.event is None
            event = self.events['prune'][-1] if pruned else r.event
            kind = 'prune' if pruned else 'key'
            problems = []
            if current is not None and r.old.text != current.text:
                problems.append('replaces is not the key that was in force')
            if r.new.text == r.old.text:
                problems.append('the new key is the old one')
            if self.origin is not None and r.new.name != self.origin:
                problems.append("the new key's name is not the origin")
            if r.index <= previous:
                problems.append('changes of key are not in order')
            vouched = r.seal_note is not None and r.index + 1 not in self.bad_seals
            if pruned:
                note = r.seal_note
                if note.size != r.index + 1:
                    problems.append('the note of a rotation is not of the size behind its key line')
                if self.origin is not None and note.origin != self.origin:
                    problems.append("the note of a rotation has another origin")
                fits = self.fits(note.size, note.root, self.best_tree)
                if fits is False:
                    problems.append('the root of the note of a rotation does not fit the tree')
                # A genuine checkpoint with somebody's signature added would look like a rotation.
                left = bytes(self.best_tree.levels[0][r.index * HASH:(r.index + 1) * HASH])
                if left != hashlib.sha256(b'\0' + r.line).digest():
                    problems.append('the hash of its line is not the one that is left')
                problems += self.signature_problems(note)
                vouched = bool(fits)
            for problem in problems:
                self.report.add(kind, event.file, f'change of key at {r.index}: {problem}', event.index, event.line)
            if (problems or not vouched) and self.first_bad_rotation is None:
                self.first_bad_rotation = r.index
            if self.first_bad_rotation is None:
                self.trusted_keys.append(r.new)
            current, previous = r.new, r.index

    def find_sealed(self):
        """How many lines the newest good seal covers."""
        tries = 64   # each takes milliseconds
        for seal in reversed(self.seals):
            if seal.index in self.bad_seals:
                continue
            if self.first_bad_rotation is not None and seal.index > self.first_bad_rotation:
                continue
            tries -= 1
            if tries < 0 or self.signed is None:
                break
            if not self.signature_problems(seal.note):
                self.sealed = seal.index
                break
        behind = self.total - self.sealed - (1 if self.sealed else 0)   # the seal has a line itself
        if behind > 0:
            self.report.notices.append(f'{behind} lines behind the last good seal: '
                                       'nothing but their CRC speaks for them')

    # --- log.open

    def check_log_opens(self):
        if self.first == 0 and self.total and self.first_event is not None \
                and self.first_event.members.get('ev') != 'log.open':
            self.report.add('log_open', self.first_event.file, 'line 0 is not a log.open', 0, 1)
        for e in self.events['log.open']:
            def bad(message):
                self.report.add('log_open', e.file, message, e.index, e.line)

            self.claim_digest(e, 'log_open')
            m = e.members
            for name, ok in (('host', lambda v: isinstance(v, str)), ('pid', is_int),
                             ('version', lambda v: isinstance(v, str))):
                if name in m and not ok(m[name]):
                    bad(f'{name} is of a wrong kind')
            if not isinstance(m.get('signed'), bool):
                bad('signed is not true or false')
            elif self.signed is not None and m['signed'] != self.signed:
                bad('signed is not what the descriptor says')
            if self.signed is False and 'vkey' in m:
                bad('a vkey in a log that is not signed')
            if self.signed and m.get('vkey') != self.key_in_force(e.index).text:
                bad('vkey is not the key in force')
            if 'previous' in m:
                if e.index != 0:
                    bad('previous stands in line 0 only')
                try:
                    parse_checkpoint(m['previous'])
                except Malformed as problem:
                    bad(f'previous is not a checkpoint: {problem}')

    def claim_digest(self, event, kind):
        claim = event.members.get('log')
        if not is_digest(claim):
            self.report.add(kind, event.file, 'log is not a SHA-256 digest', event.index, event.line)
        else:
            self.digest_claims.append((claim, event, kind))

    def check_digests(self):
        wrong = [c for c in self.digest_claims if c[0] != self.descriptor_digest]
        if not wrong or self.descriptor_digest is None:
            return
        if len({c[0] for c in self.digest_claims}) == 1:
            # The lines agree with each other, so it's the file that was changed.
            self.report.add('descriptor', 'log.json', 'not the descriptor whose digest the log holds')
            return
        for _, event, kind in wrong:
            self.report.add(kind, event.file, 'the digest does not fit log.json', event.index, event.line)

    # --- prune

    def check_prunes(self):
        ended = None
        for e in self.events['prune']:
            def bad(message):
                self.report.add('prune', e.file, message, e.index, e.line)

            m = e.members
            start, to = m.get('from'), m.get('to')
            if not is_int(start) or not is_int(to):
                bad('from and to are not indexes')
            else:
                # The line of the prune before may itself be among the lines that are gone.
                before_gone = ended is None and 0 < start < self.first
                if not before_gone and start != (ended or 0):
                    bad(f'from is {start}, but the prune before ended at {ended or 0}')
                if to <= start:
                    bad('to is not behind from')
                if to > e.index:
                    bad('to lies behind the prune line itself')
                for name, at in (('from', start), ('to', to)):
                    known = self.hole is None or at < self.hole
                    if known and at not in self.segment_bases:
                        bad(f'{name} is not the name of a segment')
                ended = to
            days = m.get('retention')
            if not is_int(days):
                bad('retention is not a number of days')
            elif days < 180 and 'override' not in m:
                bad('retention is below 180 days, and there is no override')
            if 'override' in m and not (isinstance(m['override'], str) and m['override']):
                bad('override is not a text')
            self.claim_digest(e, 'prune')
            self.check_prune_rotations(e, to, bad)
        if self.first:
            self.check_pruned()
        elif self.events['prune']:
            self.report.notices.append('segments that a prune line names are still there')

    def check_prune_rotations(self, e, to, bad):
        listed = self.read_rotations(e, report=True)
        if self.signed is False and 'rotations' in e.members:
            bad('rotations in a log that is not signed')
        if not is_int(to):
            return
        expected = [r for r in self.rotations if r.index < to]
        if [(r.index, r.new.text, r.old.text) for r in listed] != [(r.index, r.new.text, r.old.text) for r in expected]:
            bad('rotations are not the key lines below to')
            return
        for here, there in zip(listed, expected):
            note, seal = here.seal_note, self.seal_at.get(here.index + 1)
            if seal is not None and seal.note is not None:
                if note.text != seal.note.text:
                    bad(f'the note of the rotation at {here.index} is not that of the seal')
            elif there.event is None and note != there.seal_note:
                # An older prune line than the newest, whose own notes were checked before.
                if note.size != here.index + 1 or self.fits(note.size, note.root) is False \
                        or self.signature_problems(note):
                    bad(f'the note of the rotation at {here.index} is not valid')

    def check_pruned(self):
        covering = [e for e in self.events['prune'] if is_int(e.members.get('to')) and e.members['to'] >= self.first]
        file = self.segments[0].file
        if not covering:
            self.report.add('segment', file, f'lines 0 to {self.first - 1} are missing, and no prune line covers them', 0)
            return
        if not any(s.index > covering[0].index for s in self.seals):
            e = covering[0]
            self.report.add('prune', e.file, 'segments were removed, but no seal covers the prune line', e.index, e.line)
        if covering[-1].members['to'] > self.first:
            self.report.notices.append('segments that a prune line names are still there')

    # --- what can be made again

    def check_tiles(self):
        newest = self.newest_sealed_size
        good_up_to = max((s.index for s in self.seals if s.index not in self.bad_seals), default=0)
        for s in self.segments:
            have = len(s.tile) // HASH if s.tile is not None else 0
            need = min(max(newest - s.base, 0), s.count)
            if s.tile is None and need:
                self.report.add('derived', s.tile_file, 'missing', s.base)
            elif have < need:
                self.report.add('derived', s.tile_file, 'does not reach as far as the newest seal', s.base + have)
            if have > s.count:
                self.report.add('derived', s.tile_file, 'longer than its segment', s.end)
            if s.tile and self.best_tree is self.tree:
                # Otherwise the lines were found to be wrong, and the tiles right.
                for i in differing(s.leaves, s.tile):
                    index = s.base + i
                    if index in self.bad_lines or (self.bad_seals and index >= good_up_to):
                        self.report.add('tree', s.file, 'the line and its hash in the tiles differ', index, i + 1)
                    else:
                        self.report.add('derived', s.tile_file, 'not the hash of the line', index)
        level_files = {}
        for name, regular in sorted(self.tiles_entries.items()):
            match = LEVEL_NAME.fullmatch(name)
            if match and len(match[1]) < 4:
                level_files[int(match[1])] = regular
            elif not (name == '0' and not regular) and not name.endswith('.tmp'):
                self.report.notices.append(f'tiles/{name} is not part of the log')
        for level in range(1, 9):
            level_files.setdefault(level, None)
        for level, regular in sorted(level_files.items()):
            self.check_level(level, regular)

    def check_level(self, level, regular):
        file = f'tiles/{level}.bin'
        width = 256 ** level
        most, need = self.total // width, self.newest_sealed_size // width
        if regular is None:
            if need:
                self.report.add('derived', file, 'missing')
            return
        data = read_file(self.path(file), most * HASH) if regular else None
        if data is None:
            self.report.add('derived', file, 'not a file')
        elif most == 0:
            self.report.add('derived', file, 'there is no complete subtree of this level')
        elif len(data) % HASH or len(data) > most * HASH:
            self.report.add('derived', file, 'not a whole number of hashes, or more than there are subtrees')
        elif len(data) < need * HASH:
            self.report.add('derived', file, 'does not reach as far as the newest seal')
        # Against a tree that isn't the right one, a right tile would seem wrong.
        if data and self.tree_is_sound and 8 * level < len(self.best_tree.levels):
            for i in differing(self.best_tree.levels[8 * level], data):
                self.report.add('derived', file, f'entry {i} is not the root of its subtree', i * width)

    # --- checkpoints beside the log

    def checkpoint_problems(self, note, tree):
        problems = []
        if self.origin is not None and note.origin != self.origin:
            problems.append("the origin is not the log's")
        if note.size > self.total:
            problems.append(f'of size {note.size}, but the log has {self.total} lines: it was cut or rolled back')
        elif self.fits(note.size, note.root, tree) is False:
            problems.append(f'the root does not fit the tree at size {note.size}: the log is not the one it was made for')
        return problems + self.signature_problems(note)

    def check_checkpoint_file(self):
        data = read_file(self.path('checkpoint'), MAX_SMALL_FILE)
        if data is None:
            if self.seals or 'checkpoint' in self.root_entries:
                self.report.add('checkpoint', 'checkpoint', 'missing, or not a file')
            return
        try:
            note = parse_checkpoint(data.decode('utf-8'))
        except UnicodeDecodeError:
            self.report.add('checkpoint', 'checkpoint', 'not UTF-8')
            return
        except Malformed as problem:
            self.report.add('checkpoint', 'checkpoint', f'wrong form: {problem}')
            return
        # If the lines are to blame and not the tiles, the checkpoint isn't to blame either.
        for problem in self.checkpoint_problems(note, self.best_tree):
            self.report.add('checkpoint', 'checkpoint', problem)

    def check_given_checkpoints(self):
        if self.given_checkpoints:
            self.anchored = 0
        for file in self.given_checkpoints:
            data = read_file(file)
            if data is None:
                raise CannotRead(f'{file}: not a file')
            found = 0
            for line, text in split_checkpoints(data):
                found += 1
                try:
                    problems, size = [], 0
                    if text is None:
                        raise Malformed('not UTF-8')
                    if text.startswith('"'):
                        text = parse_json(text)
                    note = parse_checkpoint(text)
                    problems, size = self.checkpoint_problems(note, self.tree), note.size
                except Malformed as e:
                    problems = [f'wrong form: {e}']
                for problem in problems:
                    self.report.add('anchor', file, problem, None, line)
                if not problems and size <= self.tree.size:
                    self.anchored = max(self.anchored, size)
            if not found:
                self.report.add('anchor', file, 'holds no checkpoint')

    # --- quarantine files

    def check_recoveries(self):
        named = set()
        for e in self.events['log.recover']:
            def bad(message):
                self.report.add('quarantine', e.file, message, e.index, e.line)

            m = e.members
            index, length, digest, file = m.get('index'), m.get('bytes'), m.get('sha256'), m.get('file')
            if not is_int(index) or not is_int(length) or not isinstance(digest, str) \
                    or not re.fullmatch('[0-9a-f]{64}', digest):
                bad('index, bytes or sha256 has a wrong form')
                continue
            if index > e.index:
                bad('index lies behind the line itself')
            if length == 0:
                bad('no bytes were taken out')
            name = f'quarantine-{index:020}-{digest[:16]}.bin'
            if file != name:
                bad('file is not named after index and sha256')
            named.add(name)
            data = read_file(self.path(name), length)
            if data is None:
                if name in self.root_entries:
                    self.report.add('quarantine', name, 'not a file', index)
            elif len(data) != length or hashlib.sha256(data).hexdigest() != digest:
                self.report.add('quarantine', name, f'not the bytes that line {e.index} took out', index)
        for name in self.root_entries:
            if QUARANTINE_NAME.fullmatch(name) and name not in named:
                self.report.notices.append(f'{name} has no log.recover in the lines that are there')

    # --- keys that the caller knows

    def check_given_keys(self):
        if self.signed and not self.sealed and not self.report.damage:
            # Anybody can write such a log: the descriptor's key has signed nothing in it.
            self.report.add('seal', 'log.json', 'no seal vouches for anything in this log')
        if not self.given_keys:
            if self.signed:
                self.report.notices.append('the key comes from the log itself: '
                                           'a log rewritten as a whole with another key is not noticed')
            return
        in_force = {k.text for k in self.trusted_keys}
        if not any(k.text in in_force for k in self.given_keys):
            self.report.add('key', 'log.json', 'no given key was ever in force in this log')
        else:
            # A key that is only named in the descriptor and has signed nothing proves nothing.
            self.key_pinned = self.sealed > 0

    def mention_strangers(self):
        ours = {'log.json', 'lock', 'segments', 'tiles', 'checkpoint'}
        for name in sorted(self.root_entries):
            if name not in ours and not name.endswith('.tmp') and not QUARANTINE_NAME.fullmatch(name):
                self.report.notices.append(f'{name} is not part of the log')


def differing(a, b):
    """The numbers of the hashes that differ, as far as both go."""
    length = min(len(a), len(b)) // HASH * HASH
    if a[:length] == b[:length]:
        return []
    return [i // HASH for i in range(0, length, HASH) if a[i:i + HASH] != b[i:i + HASH]]


def split_checkpoints(data):
    """Each checkpoint of a file with the number of its first line; None for one that isn't UTF-8."""
    lines = data.split(b'\n')
    at = 0
    while at < len(lines):
        if not lines[at]:
            at += 1   # the empty line behind a checkpoint, or the end
            continue
        first = at
        if lines[at].rstrip(b'\r').endswith(b'"'):
            # A JSON string ends the line; whatever a logger wrote before it is passed over.
            line = lines[at].rstrip(b'\r')
            at += 1
            piece = line[max(line.rfind(b'"', 0, -1), 0):]
        else:
            # The text up to its empty line, and the lines of signatures behind it.
            while at < len(lines) and lines[at]:
                at += 1
            at += 1
            while at < len(lines) - 1 and lines[at].startswith('\u2014'.encode()):
                at += 1
            piece = b'\n'.join(lines[first:at]) + b'\n'
            # A signature line without its line feed stays behind and is found to be no checkpoint.
        try:
            yield first + 1, piece.decode('utf-8')
        except UnicodeDecodeError:
            yield first + 1, None


def read_key_argument(argument):
    """A vkey, or a file with one on each line."""
    try:
        return [parse_vkey(argument)]
    except Malformed:
        pass
    try:
        data = read_file(argument, MAX_SMALL_FILE)
    except ValueError:   # a zero byte in the path
        data = None
    if data is None:
        raise CannotRead(f'{argument}: neither a verifier key nor a file')
    try:
        keys = [parse_vkey(line) for line in data.decode('utf-8').split('\n') if line]
    except (Malformed, UnicodeDecodeError) as e:
        raise CannotRead(f'{argument}: {e}') from None
    if not keys:
        raise CannotRead(f'{argument}: holds no verifier key')
    return keys


def verify(directory, keys=(), checkpoints=()):
    parsed = [key for argument in keys for key in read_key_argument(argument)]
    return Verifier(directory, parsed, checkpoints).run()


def exit_status(result):
    if not result['intact']:
        return 1
    return 0 if result['signed'] else 3


def printable(text):
    """Nothing that a log holds may steer the terminal."""
    return ''.join(c if c.isprintable() else ascii(c)[1:-1] for c in str(text)) \
        .encode('utf-8', 'backslashreplace').decode('utf-8')


def show(result):
    for d in result['damage']:
        place = d['file']
        if d['line'] is not None:
            place += f':{d["line"]}'
        if d['record'] is not None:
            place += f' (record {d["record"]})'
        print(printable(f'{d["kind"]}: {place}: {d["message"]}'))
    for notice in result['notices']:
        print(printable(f'note: {notice}'))
    state = 'damaged' if not result['intact'] else 'intact' if result['signed'] else 'intact, unsigned'
    text = (f'{state}: {result["records"]} records, the first that is there is {result["first_record"]}; '
            f'{result["sealed_records"]} sealed')
    if result['anchored_records'] is not None:
        text += f', {result["anchored_records"]} anchored'
    print(text)


def main(arguments=None):
    parser = argparse.ArgumentParser(description='Checks a guardrails-log/1 directory.')
    parser.add_argument('directory', metavar='DIR')
    parser.add_argument('--key', action='append', default=[], metavar='VKEY_OR_FILE',
                        help='a verifier key that you know; one of those given must have been in force')
    parser.add_argument('--checkpoint', action='append', default=[], metavar='FILE',
                        help='checkpoints that were kept elsewhere')
    parser.add_argument('--json', action='store_true', help='print the result as JSON')
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, 'reconfigure'):
        sys.stdout.reconfigure(errors='backslashreplace')
    try:
        result = verify(options.directory, options.key, options.checkpoint)
    except (CannotRead, OSError) as e:
        print(printable(f"can't read: {e}"), file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    return exit_status(result)


if __name__ == '__main__':
    sys.exit(main())
