"""Tests of verify.py. Logs are built here by docs/audit-format.md, without help from verify.py.

    python3 -m unittest discover -s tests/audit-verifier-python
"""

import base64
import contextlib
import copy
import hashlib
import io
import json
import os
import random
import shutil
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify  # noqa: E402

ORIGIN = 'guardrails.local/log/0f3c'


# --- A signer, for tests only: not constant time, and its nonce is a plain hash ---------------

P, N = verify.P, verify.N


def affine_add(a, b):
    if a is None:
        return b
    if b is None:
        return a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(k, point):
    out = None
    while k:
        if k & 1:
            out = affine_add(out, point)
        point = affine_add(point, point)
        k >>= 1
    return out


def der_integer(n):
    data = n.to_bytes(n.bit_length() // 8 + 1, 'big')
    return bytes([2, len(data)]) + data


class Signer:
    def __init__(self, seed, name=ORIGIN):
        self.secret = int.from_bytes(hashlib.sha256(seed.encode()).digest(), 'big') % N
        self.point = multiply(self.secret, verify.G)
        spki = (bytes.fromhex('3059301306072a8648ce3d020106082a8648ce3d03010703420004')
                + self.point[0].to_bytes(32, 'big') + self.point[1].to_bytes(32, 'big'))
        self.id = hashlib.sha256(spki).digest()[:4]
        self.name = name
        self.vkey = f'{name}+{self.id.hex()}+{base64.b64encode(bytes([2]) + spki).decode()}'

    def sign(self, message):
        digest = hashlib.sha256(message).digest()
        k = int.from_bytes(hashlib.sha256(digest + self.secret.to_bytes(32, 'big')).digest(), 'big') % N
        r = multiply(k, verify.G)[0] % N
        s = pow(k, -1, N) * (int.from_bytes(digest, 'big') + r * self.secret) % N
        body = der_integer(r) + der_integer(s)
        return bytes([0x30, len(body)]) + body


A, B, C = Signer('a'), Signer('b'), Signer('c')


# --- A plain tree, written as RFC 6962 section 2.1 says it ------------------------------------

def leaf(line):
    return hashlib.sha256(b'\0' + line).digest()


def root_of(hashes):
    if not hashes:
        return hashlib.sha256(b'').digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b'\1' + root_of(hashes[:k]) + root_of(hashes[k:])).digest()


def slow_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def checkpoint(size, root, signers, origin=ORIGIN):
    text = f'{origin}\n{size}\n{base64.b64encode(root).decode()}\n'
    note = text + '\n'
    for s in signers:
        note += f'\u2014 {s.name} {base64.b64encode(s.id + s.sign(text.encode())).decode()}\n'
    return note


def writer_id(n):
    return base64.urlsafe_b64encode(hashlib.sha256(b'%d' % n).digest()[:16]).decode().rstrip('=')


def finish(text):
    """The line of a JSON text that lacks its crc and its brace."""
    data = text.encode()
    return data + b',"crc":"%08x"}' % slow_crc(data)


class Log:
    """Builds a log in memory; write() puts it on the disk."""

    def __init__(self, key=A):
        self.key = key
        self.signed = key is not None
        self.descriptor = (json.dumps({
            'format': 'guardrails-log/1', 'origin': ORIGIN, 'log_id': '0f3c' * 8, 'hash': 'sha256',
            'vkeys': [key.vkey] if key else []}, separators=(',', ':')) + '\n').encode()
        self.segments = {0: []}      # base -> lines
        self.pruned = []             # (base, leaf hashes)
        self.numbers = {}
        self.writer = 0
        self.rotations = []
        self.extra = {}              # file -> bytes
        self.checkpoint = None
        self.tail = b''
        self.append_open()

    @property
    def leaves(self):
        out = [h for _, hashes in self.pruned for h in hashes]
        return out + [leaf(line) for lines in self.segments.values() for line in lines]

    @property
    def size(self):
        base = max(self.segments)
        return base + len(self.segments[base])

    def digest(self):
        return 'sha256:' + hashlib.sha256(self.descriptor).hexdigest()

    def append(self, ev, members=None, writer=None):
        w = self.writer if writer is None else writer
        n = self.numbers.get(w, 0)
        self.numbers[w] = n + 1
        m = {'v': 1, 'w': writer_id(w), 'n': n, 't': '2026-11-22T11:13:55.9763702Z', 'ev': ev, **(members or {})}
        self.segments[max(self.segments)].append(finish(json.dumps(m, separators=(',', ':'))[:-1]))
        return self.size - 1

    def append_open(self, **more):
        m = {'log': self.digest(), 'host': 'h', 'pid': 7, 'version': '1.0', 'signed': self.signed}
        if self.signed:
            m['vkey'] = self.key.vkey
        return self.append('log.open', {**m, **more})

    def records(self, count, writer=100):
        for i in range(count):
            self.append('prompt', {'text': f'text {i} \u00e9'}, writer)
        return self

    def seal(self, signers=None, publish=True):
        if signers is None:
            signers = [self.key] if self.signed else []
        note = checkpoint(self.size, root_of(self.leaves), signers)
        self.append('seal', {'note': note})
        if publish:
            self.checkpoint = note
        return note

    def rotate(self, key, signers=None):
        old, self.key = self.key, key
        index = self.append('key', {'vkey': key.vkey, 'replaces': old.vkey})
        note = self.seal([old, key] if signers is None else signers)
        self.rotations.append({'index': index, 'line': self.line_at(index).decode(), 'vkey': key.vkey, 'replaces': old.vkey, 'note': note})

    def line_at(self, index):
        base = max(b for b in self.segments if b <= index)
        return self.segments[base][index - base]

    def new_segment(self):
        self.segments[self.size] = []
        return self.size

    def prune_line(self, to, start=0, **more):
        m = {'from': start, 'to': to, 'retention': 200, 'log': self.digest()}
        rotations = [r for r in self.rotations if r['index'] < to]
        if rotations:
            m['rotations'] = rotations
        m.update(more)
        return self.append('prune', {k: v for k, v in m.items() if v is not None})

    def remove(self, to):
        for base in [b for b in self.segments if b < to]:
            self.pruned.append((base, [leaf(line) for line in self.segments.pop(base)]))

    def recover(self, data, keep=True):
        digest = hashlib.sha256(data).hexdigest()
        name = f'quarantine-{self.size:020}-{digest[:16]}.bin'
        self.append('log.recover', {'index': self.size, 'bytes': len(data), 'sha256': digest, 'file': name})
        if keep:
            self.extra[name] = data

    def files(self):
        leaves = self.leaves
        out = {'log.json': self.descriptor, 'lock': b''}
        for base, lines in self.segments.items():
            out[f'segments/{base:020}.jsonl'] = b''.join(line + b'\n' for line in lines)
            out[f'tiles/0/{base:020}.bin'] = b''.join(leaf(line) for line in lines)
        out[f'segments/{max(self.segments):020}.jsonl'] += self.tail
        for base, hashes in self.pruned:
            out[f'tiles/0/{base:020}.bin'] = b''.join(hashes)
        level, width = 1, 256
        while width <= len(leaves):
            out[f'tiles/{level}.bin'] = b''.join(
                root_of(leaves[i:i + width]) for i in range(0, len(leaves) // width * width, width))
            level, width = level + 1, width * 256
        if self.checkpoint is not None:
            out['checkpoint'] = self.checkpoint.encode()
        out.update(self.extra)
        return out


def good_log():
    log = Log().records(3)
    log.seal()
    log.records(2)
    log.seal()
    return log


def rotated_log():
    log = good_log()
    log.rotate(B)
    log.records(2)
    log.seal()
    log.rotate(C)
    log.append('log.close')
    log.seal()
    log.writer += 1
    log.append_open()
    log.seal()
    return log


def segmented_log():
    log = good_log()
    log.new_segment()
    log.records(3)
    log.seal()
    log.new_segment()
    return log


def pruned_log(delete=True, rotated=True):
    log = good_log()
    if rotated:
        log.rotate(B)
    log.records(2)
    first = log.new_segment()
    log.records(2)
    log.seal()
    second = log.new_segment()
    log.records(1)
    log.prune_line(first)
    log.seal()
    log.new_segment()
    log.prune_line(second, first)
    log.seal()
    if delete:
        log.remove(second)
    return log


def recovered_log():
    log = good_log()
    log.writer += 1
    log.recover(b'{"v":1,"w":"torn')
    log.append_open()
    log.seal()
    return log


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.dir)

    def file(self, name):
        return os.path.join(self.dir, 'log', *name.split('/'))

    def put(self, name, data):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), 'wb') as f:
            f.write(data)

    def get(self, name):
        with open(self.file(name), 'rb') as f:
            return f.read()

    def write(self, log_or_files):
        shutil.rmtree(os.path.join(self.dir, 'log'), ignore_errors=True)
        os.makedirs(os.path.join(self.dir, 'log'))
        files = log_or_files.files() if isinstance(log_or_files, Log) else log_or_files
        for name, data in files.items():
            self.put(name, data)

    def outside(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, 'w', encoding='utf-8', newline='') as f:
            f.write(text)
        return path

    def run_it(self, log=None, keys=(), checkpoints=()):
        if log is not None:
            self.write(log)
        return verify.verify(os.path.join(self.dir, 'log'), keys, checkpoints)

    def intact(self, log=None, keys=(), checkpoints=()):
        result = self.run_it(log, keys, checkpoints)
        self.assertEqual([], result['damage'])
        return result

    def damaged(self, kind, log=None, keys=(), checkpoints=(), record=None, file=None, says=None):
        result = self.run_it(log, keys, checkpoints)
        hits = [d for d in result['damage'] if d['kind'] == kind
                and (record is None or d['record'] == record)
                and (file is None or d['file'] == file)
                and (says is None or says in d['message'])]
        self.assertTrue(hits, f'no {kind} in {result["damage"]}')
        return result


class Parts(unittest.TestCase):
    def test_crc(self):
        self.assertEqual(0xE3069283, verify.crc32c(b'123456789'))
        chance = random.Random(1)
        for length in [*range(400), 1000, 4999, 65535]:
            data = chance.randbytes(length)
            self.assertEqual(slow_crc(data), verify.crc32c(data), length)

    def test_a_line_of_the_page_of_records(self):
        line = (b'{"v":1,"w":"-e-kanJQGE6xFRCK8dphrA","n":0,"t":"2026-11-22T11:14:01.6553784Z","ev":"dropped",'
                b'"mode":"enforce","decisions":1,"others":0,"crc":"6dddee5c"}')
        self.assertEqual(0x6DDDEE5C, verify.crc32c(line[:-verify.LINE_END_LENGTH]))
        self.assertTrue(verify.LINE_START.match(line) and verify.LINE_END.search(line))

    def test_ecdsa_of_rfc_6979(self):
        point = (0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6,
                 0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299)
        r = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
        s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8

        def der(r, s):
            body = der_integer(r) + der_integer(s)
            return bytes([0x30, len(body)]) + body

        self.assertTrue(verify.ecdsa_verify(point, b'sample', der(r, s)))
        self.assertFalse(verify.ecdsa_verify(point, b'samplf', der(r, s)))
        for bad in [der(r, s) + b'\0', der(r, s)[:-1], b'', der(0, s), der(r, 0), der(r, N), der(r + N, s),
                    der(s, r), b'\x30\x81' + der(r, s)[1:],
                    b'\x30\x47\x02\x22\0' + der(r, s)[4:]]:
            self.assertFalse(verify.ecdsa_verify(point, b'sample', bad))

    def test_ecdsa_against_the_signer_of_the_tests(self):
        for i in range(8):
            signer, message = Signer(f'seed {i}'), b'message %d' % i
            der = signer.sign(message)
            self.assertTrue(verify.ecdsa_verify(signer.point, message, der))
            self.assertFalse(verify.ecdsa_verify(A.point, message, der))

    def test_tree(self):
        leaves = [leaf(b'%d' % i) for i in range(70)]
        tree = verify.Tree(bytearray(b''.join(leaves)))
        for size in range(71):
            self.assertEqual(root_of(leaves[:size]), tree.root(size))

    def test_vkeys(self):
        self.assertEqual(A.id, verify.parse_vkey(A.vkey).id)
        name, key_id, data = A.vkey.split('+', 2)
        raw = base64.b64decode(data)
        for bad in ['', None, 3, 'a+b', f'+{key_id}+{data}', f'a b+{key_id}+{data}', f'{name}+{key_id.upper()}x+{data}',
                    f'{name}+00000000+{data}', f'{name}+{key_id}+{data.rstrip("=")}', f'{name}+{key_id}+{data}\n',
                    f'{name}+{key_id}+{base64.b64encode(b"1" + raw[1:]).decode()}',
                    f'{name}+{key_id}+{base64.b64encode(raw[:-1]).decode()}']:
            with self.assertRaises(verify.Malformed):
                verify.parse_vkey(bad)

    def test_checkpoints(self):
        good = checkpoint(5, b'r' * 32, [A])
        self.assertEqual(5, verify.parse_checkpoint(good).size)
        self.assertEqual([], verify.parse_checkpoint(checkpoint(0, b'r' * 32, [])).signatures)
        text, signature = good.split('\n\n')
        root = text.split('\n')[2]
        for bad in [None, '', '\n', text, text + '\n', text + '\nmore\n\n' + signature, good[:-1], good + '\n',
                    good.replace('\n5\n', '\n05\n'), good.replace('\n5\n', '\n+5\n'), good.replace('\n5\n', '\n-5\n'),
                    good.replace('\n5\n', '\n5 \n'), good.replace('\n5\n', '\n\u0665\n'),
                    good.replace(root, root[:-1]), good.replace(root, root[:-2] + 'F='), good.replace(root, 'AAAA'),
                    good.replace('\u2014 ', '- '), good.replace('\u2014 ', '\u2014  '), good.replace('\n', '\r\n'),
                    text + '\n\n' + signature * 17, text + '\n\n\u2014 x AAAA\n', '\ud800' + good]:
            with self.assertRaises(verify.Malformed, msg=repr(bad)):
                verify.parse_checkpoint(bad)


class Good(Case):
    def test_signed(self):
        result = self.intact(good_log())
        self.assertEqual((True, False, 0, 8, 7, None), (result['signed'], result['key_pinned'], result['first_record'],
                         result['records'], result['sealed_records'], result['anchored_records']))

    def test_unsigned(self):
        log = Log(None).records(3)
        log.seal()
        result = self.intact(log)
        self.assertFalse(result['signed'])
        self.assertEqual(3, verify.exit_status(result))

    def test_a_name_may_come_twice_below_the_top_level(self):
        log = Log().records(1)
        line = log.segments[0][1]
        log.segments[0][1] = finish(line[:-18].decode() + ',"x":{"a":1,"a":2}')
        log.seal()
        self.intact(log)

    def test_unsealed_tail_and_lazy_tiles(self):
        log = good_log().records(3)
        files = log.files()
        self.intact(files)
        files[f'tiles/0/{0:020}.bin'] = files[f'tiles/0/{0:020}.bin'][:7 * 32]
        self.assertEqual(7, self.intact(files)['sealed_records'])

    def test_rotated(self):
        for key in (A, B, C):
            self.assertTrue(self.intact(rotated_log(), [key.vkey])['key_pinned'])

    def test_segments(self):
        self.intact(segmented_log())

    def test_pruned(self):
        for rotated in (False, True):
            self.intact(pruned_log(False, rotated))
            result = self.intact(pruned_log(True, rotated), [A.vkey])
            self.assertGreater(result['first_record'], 0)

    def test_pruned_partly(self):
        log = pruned_log(False)
        log.remove(sorted(log.segments)[1])
        self.intact(log)

    def test_pruned_key_line_with_its_seal_left(self):
        log = good_log()
        old, log.key = log.key, B
        index = log.append('key', {'vkey': B.vkey, 'replaces': old.vkey})
        first = log.new_segment()
        note = log.seal([old, B])
        log.rotations.append({'index': index, 'line': log.line_at(index).decode(), 'vkey': B.vkey, 'replaces': old.vkey, 'note': note})
        log.prune_line(first)
        log.seal()
        log.remove(first)
        self.intact(log, [B.vkey])

    def test_recovered(self):
        self.intact(recovered_log())
        log = recovered_log()
        log.extra.clear()
        self.intact(log)

    def test_many_lines(self):
        log = Log().records(600)
        log.seal()
        log.records(10)
        self.intact(log)

    def test_other_signatures_are_passed_over(self):
        log = good_log()
        stranger = Signer('stranger', 'witness.example')
        log.seal([stranger, A])
        self.intact(log)

    def test_continues_another(self):
        log = Log()
        log.segments[0].clear()
        log.numbers.clear()
        log.append_open(previous=checkpoint(9, b'x' * 32, [Signer('old', 'old.example')], 'old.example'))
        log.seal()
        self.intact(log)

    def test_strangers_are_mentioned(self):
        log = good_log()
        log.extra = {'x.tmp': b'', 'notes.txt': b'', 'segments/readme': b'', 'tiles/0/x': b'', 'tiles/x': b''}
        notices = '\n'.join(self.intact(log)['notices'])
        for name in ('notes.txt', 'segments/readme', 'tiles/0/x', 'tiles/x'):
            self.assertIn(name, notices)
        self.assertNotIn('.tmp', notices)

    def test_kept_checkpoints(self):
        log = rotated_log()
        notes = [json.loads(line)['note'] for line in log.segments[0] if json.loads(line)['ev'] == 'seal']
        plain = self.outside('plain', ''.join(n + '\n' for n in notes))
        strings = self.outside('strings', ''.join(json.dumps(n) + '\n' for n in notes))
        copy_ = self.outside('copy', notes[0])
        mixed = self.outside('mixed', json.dumps(notes[0]) + '\n' + notes[1] + '\n' + json.dumps(notes[2]) + '\n')
        for files in ([plain], [strings], [mixed], [copy_, plain, strings]):
            self.assertEqual(log.size - 1, max(self.intact(log, checkpoints=files)['anchored_records'],
                                               log.size - 1 if files == [mixed] else 0))
        self.assertEqual(4, self.intact(log, checkpoints=[copy_])['anchored_records'])

    def test_kept_checkpoints_of_an_unsigned_log(self):
        log = Log(None).records(3)
        notes = [log.seal(), log.seal()]
        file = self.outside('plain', ''.join(n + '\n' for n in notes))
        self.assertEqual(5, self.intact(log, checkpoints=[file])['anchored_records'])


class Bad(Case):
    def edit_line(self, log, index, change, fix_crc=True):
        """Rewrites a line; later seals and tiles keep what they held."""
        files = log.files()
        for base in sorted(log.segments):
            if base <= index < base + len(log.segments[base]):
                lines = list(log.segments[base])
                line = change(lines[index - base])
                lines[index - base] = finish(line[:-18].decode()) if fix_crc else line
                files[f'segments/{base:020}.jsonl'] = b''.join(x + b'\n' for x in lines)
        return files

    def with_line(self, change, kind='line', **more):
        """A log whose line 1 was badly written from the start, so that all roots fit."""
        log = Log().records(1)
        log.segments[0][1] = change(log.segments[0][1])
        log.records(1)
        log.seal()
        return self.damaged(kind, log, record=1, **more)

    def test_descriptor(self):
        good = good_log().descriptor
        for bad in [good[:-1], good + b'\n', b'', b'{}\n', b'[]\n', b'\xef\xbb\xbf' + good, good.replace(b'/1', b'/2', 1),
                    good.replace(b'sha256', b'sha512'), good.replace(b'0f3c0', b'0F3c0'),
                    good.replace(b'"hash":"sha256",', b''), good.replace(b'{', b'{"more":1,', 1),
                    good.replace(b'"hash":"sha256",', b'"hash":"sha256","hash":"sha256",'),
                    good.replace(b'"vkeys":[', b'"vkeys":["x",'), good.replace(b'}', b'}\r'), b'\xff\n', b'null\n',
                    good.replace(b'"origin":"', b'"origin":"a+b')]:
            log = Log()
            log.descriptor = bad
            log.segments[0].clear()
            log.numbers.clear()
            log.append_open()
            log.seal()
            self.damaged('descriptor', log)

    def test_descriptor_exchanged_or_missing(self):
        log = good_log()
        files = log.files()
        files['log.json'] = log.descriptor.replace(b'"log_id":"0', b'"log_id":"1')
        self.damaged('descriptor', files, says='digest')
        del files['log.json']
        self.damaged('descriptor', files)

    def test_lines(self):
        def re_crc(change):
            return lambda line: finish(change(line[:-18].decode()))

        for change in [lambda x: x[:-1], lambda x: b'', lambda x: x.replace(b'text 0', b'text 1'), lambda x: x + b' ',
                       lambda x: x[:-10] + x[-10:].upper() if x[-10:].upper() != x[-10:] else x[:-1],
                       lambda x: b'\xef\xbb\xbf' + x,
                       re_crc(lambda x: x.replace('"v":1', '"v":2')), re_crc(lambda x: x.replace('"v":1', '"v": 1')),
                       re_crc(lambda x: x.replace('"n":0', '"n":00')), re_crc(lambda x: x.replace('"n":0', '"n":0.0')),
                       re_crc(lambda x: x.replace('2026-11-22', '2026-13-22')),
                       re_crc(lambda x: x.replace('702Z', '70Z')), re_crc(lambda x: x.replace('702Z', '702')),
                       re_crc(lambda x: x.replace('"text":', '"t":')),
                       re_crc(lambda x: x + ',"x":NaN'), re_crc(lambda x: x + ',"x":01'), re_crc(lambda x: x + ',}'),
                       re_crc(lambda x: x + ',"crc":"00000000"'), re_crc(lambda x: x + ',"\\u0063rc":"00000000"'),
                       re_crc(lambda x: x + ',"x":"\t"'), re_crc(lambda x: x + ',\r"x":1'),
                       re_crc(lambda x: x + ',"x":' + '[' * 30000 + ']' * 30000),
                       re_crc(lambda x: x + ',"x":"' + 'a' * 66000 + '"')]:
            self.with_line(change)
        self.with_line(lambda x: x.replace(b'\\u00e9', b'\xff'))
        good = Log().records(1)
        line = good.segments[0][1]
        room = 65535 - len(line) - len(',"x":""')
        good.segments[0][1] = finish(line[:-18].decode() + ',"x":"' + 'a' * room + '"')
        good.seal()
        self.intact(good)
        good.segments[0][1] = finish(line[:-18].decode() + ',"x":' + '9' * 5000)
        good.segments[0].pop()
        good.numbers[0] -= 1
        good.seal()
        self.intact(good)

    def test_counter(self):
        for number in (1, 5):
            self.with_line(lambda x: finish(x[:-18].decode().replace('"n":0', f'"n":{number}')), 'counter')
        log = Log().records(1)
        log.numbers[100] = 0
        self.damaged('counter', log.records(1), record=2)

    def test_changed_line_is_found_by_the_tiles(self):
        files = self.edit_line(good_log(), 2, lambda x: x.replace(b'text 1', b'text 9'))
        result = self.damaged('tree', files, record=2)
        self.assertEqual({2}, {d['record'] for d in result['damage']})
        files[f'tiles/0/{0:020}.bin'] = b''.join(leaf(x) for x in files[f'segments/{0:020}.jsonl'].split(b'\n')[:-1])
        self.damaged('tree', files, record=4)

    def test_changed_line_behind_the_last_seal(self):
        log = good_log().records(2)
        files = self.edit_line(log, 9, lambda x: x.replace(b'text 1', b'text 9'), fix_crc=False)
        self.damaged('line', files, record=9)

    def test_deleted_line(self):
        log = good_log()
        del log.segments[0][2]
        log.checkpoint = good_log().checkpoint
        self.damaged('counter', log, record=2)
        self.damaged('seal')

    def test_seals(self):
        log = Log().records(2)
        log.append('seal', {'note': checkpoint(2, root_of(log.leaves[:2]), [A])})
        log.seal()
        self.damaged('seal', log, record=3)
        log = Log().records(2)
        log.append('seal', {'note': checkpoint(3, b'r' * 32, [A])})
        log.checkpoint = checkpoint(1, root_of(log.leaves[:1]), [A])
        self.damaged('tree', log, record=3)
        log = Log().records(2)
        log.append('seal', {'note': checkpoint(3, root_of(log.leaves), [A], 'other')})
        log.checkpoint = checkpoint(1, root_of(log.leaves[:1]), [A])
        self.damaged('seal', log, record=3)
        for members in ({}, {'note': 5}, {'note': ''}, {'note': '\ud800'}):
            log = good_log()
            log.append('seal', members)
            self.damaged('seal', log, record=8)

    def test_signatures(self):
        for signers in ([], [B], [Signer('a', 'other')], [A, Signer('b', ORIGIN)]):
            log = good_log()
            log.seal(signers)
            if A in signers:
                self.intact(log)
            else:
                self.damaged('signature', log, record=8)
                self.damaged('checkpoint')
        log = Log(None).records(1)
        log.seal([A])
        self.damaged('signature', log)

    def test_a_bad_signature_of_a_known_key_refuses_the_note(self):
        log = good_log()
        note = log.seal(publish=False)
        broken = bytearray(A.sign(b'something else'))
        note += f'\u2014 {ORIGIN} {base64.b64encode(A.id + bytes(broken)).decode()}\n'
        log.segments[0].pop()
        log.numbers[0] -= 1
        log.append('seal', {'note': note})
        self.damaged('signature', log, record=8)

    def test_rotation(self):
        for signers in ([A], [B], [], [A, C]):
            log = good_log()
            log.rotate(B, signers)
            log.seal()
            self.damaged('signature', log, record=9)
        log = rotated_log()
        log.seal([A])
        self.damaged('signature', log)
        log = rotated_log()
        log.seal([B])
        self.damaged('signature', log)

    def test_key_lines(self):
        log = good_log()
        log.append('key', {'vkey': B.vkey, 'replaces': A.vkey})
        self.damaged('key', log, record=8)
        log.append('prompt')
        self.damaged('key', log, record=8)
        log = good_log()
        log.append('key', {'vkey': C.vkey, 'replaces': B.vkey})
        log.seal([A, B, C])
        self.damaged('key', log, record=8)
        for members in ({}, {'vkey': 3, 'replaces': A.vkey}, {'vkey': Signer('x', 'x').vkey, 'replaces': A.vkey},
                        {'vkey': A.vkey, 'replaces': A.vkey}):
            log = good_log()
            log.append('key', members)
            log.seal([A])
            self.damaged('key', log, record=8)
        log = Log(None)
        log.append('key', {'vkey': B.vkey, 'replaces': A.vkey})
        log.seal()
        self.damaged('key', log, record=1)

    def test_given_keys(self):
        self.damaged('key', good_log(), [B.vkey])
        self.assertTrue(self.intact(good_log(), [B.vkey, A.vkey])['key_pinned'])
        log = Log(None)
        log.seal()
        self.damaged('key', log, [A.vkey])
        log = good_log()
        log.rotate(B, [A])   # B never proved that it has its key
        log.seal()
        self.damaged('key', log, [B.vkey])
        for keys in [], [A.vkey]:
            self.damaged('seal', Log().records(1), keys, says='no seal')   # anybody can write that

    def test_segments(self):
        log = segmented_log()
        files = log.files()
        names = sorted(n for n in files if n.startswith('segments/'))
        for gone in names[:2]:
            self.damaged('segment', {n: d for n, d in files.items() if n != gone})
        self.damaged('segment', {n: d for n, d in files.items() if n not in names})
        self.damaged('segment', {**files, f'segments/{99:020}.jsonl': b''})
        self.damaged('segment', {**files, f'segments/{3:020}.jsonl': b''})
        self.damaged('segment', {**files, '/'.join(['segments', '9' * 20 + '.jsonl']): b''})
        self.damaged('line', {**files, names[0]: files[names[0]][:-1]})
        self.damaged('log_open', {'log.json': log.descriptor, names[0]: b''})
        os.remove(self.file(names[0]))
        os.mkdir(self.file(names[0]))
        self.damaged('segment')

    def test_torn_tail(self):
        for tail in (b'{', b'\0', b'x' * 200000):
            log = good_log()
            log.tail = tail
            self.damaged('torn_tail', log, record=8)
        log.tail += b'\n'
        self.damaged('line', log, record=8)

    def test_log_open(self):
        log = Log()
        log.segments[0].clear()
        log.numbers.clear()
        log.append('prompt')
        log.seal()
        self.damaged('log_open', log, record=0)
        for more in ({'signed': False}, {'signed': 1}, {'vkey': B.vkey}, {'vkey': None}, {'log': 'sha256:' + '0' * 64},
                     {'log': 5}, {'pid': 'x'}, {'previous': checkpoint(1, b'r' * 32, [])}):
            log = good_log()
            log.writer += 1
            log.append_open(**more)
            self.damaged('log_open', log, record=8)
        log = Log(None)
        log.append_open(vkey=A.vkey)
        self.damaged('log_open', log, record=1)

    def test_prune_lines(self):
        for more in ({'from': 1}, {'to': 0}, {'to': 3}, {'to': 10 ** 6}, {'retention': 20}, {'retention': -1},
                     {'retention': 1.5}, {'retention': None}, {'log': None}, {'log': 'sha256:' + '0' * 64}, {'to': '8'},
                     {'retention': 20, 'override': ''}, {'rotations': []}, {'rotations': 5}, {'rotations': [5]},
                     {'rotations': [{'index': 1, 'line': '{}', 'vkey': B.vkey, 'replaces': A.vkey,
                                     'note': checkpoint(2, b'r' * 32, [A, B])}]}):
            log = segmented_log()
            log.prune_line(**{'to': 8, **more})
            log.seal()
            self.damaged('prune', log, record=12)
        log = segmented_log()
        log.prune_line(8, retention=20, override='the law says so')
        log.seal()
        self.intact(log)
        log.prune_line(12)
        self.damaged('prune', log, record=14, says='ended at 8')

    def test_pruned_without_right(self):
        log = segmented_log()
        log.remove(8)
        self.damaged('segment', log, record=0)
        log = segmented_log()
        log.prune_line(8)
        log.remove(8)
        self.damaged('prune', log, says='no seal')

    def test_pruned_rotations(self):
        def change_rotations(log, change):
            """Writes the newest prune line anew, with the seals to fit."""
            log.segments[max(log.segments)].clear()
            log.numbers[0] -= 2
            rotations = change(copy.deepcopy(log.rotations))
            first, second = [b for b, _ in log.pruned][1], min(log.segments)
            log.prune_line(second, first, rotations=rotations)
            log.seal()
            return log

        self.intact(change_rotations(pruned_log(), lambda r: r))
        r0 = pruned_log().rotations[0]
        for change in (lambda r: None, lambda r: r + r, lambda r: [{**r[0], 'index': 7}],
                       lambda r: [{**r[0], 'replaces': C.vkey}], lambda r: [{**r[0], 'vkey': C.vkey}],
                       lambda r: [{**r[0], 'note': checkpoint(9, b'r' * 32, [A, B])}],
                       lambda r: [{**r[0], 'note': checkpoint(1, b'r' * 32, [A, B])}],
                       lambda r: [{**r[0], 'line': r0['line'].replace('"ev"', '"eV"')}],
                       lambda r: [{k: v for k, v in r[0].items() if k != 'line'}],
                       lambda r: [{**r[0], 'note': r0['note'].rsplit('\u2014', 1)[0]}],
                       lambda r: [{k: v for k, v in r[0].items() if k != 'note'}]):
            self.damaged('prune', change_rotations(pruned_log(), change))

    def test_pruned_hashes(self):
        files = pruned_log().files()
        name = f'tiles/0/{0:020}.bin'
        self.damaged('pruned_hashes', {n: d for n, d in files.items() if n != name})
        self.damaged('pruned_hashes', {**files, name: files[name][:-32]})
        self.damaged('pruned_hashes', {**files, name: b'x' * 32 + files[name][32:]})
        self.damaged('pruned_hashes', {**files, name: files[name] + b'x'})

    def test_tiles(self):
        log = Log().records(600)
        log.seal()
        files = log.files()
        for name in (f'tiles/0/{0:020}.bin', 'tiles/1.bin'):
            good = files[name]
            for bad in (good[:-64], good[:-1], good + b'x' * 32, b'x' * 32 + good[32:], b''):
                self.damaged('derived', {**files, name: bad}, file=name)
            self.damaged('derived', {n: d for n, d in files.items() if n != name}, file=name)
        result = self.run_it({**files, f'tiles/0/{0:020}.bin': b'x' * 32 + files[f'tiles/0/{0:020}.bin'][32:]})
        self.assertEqual(({'derived'}, 601), ({d['kind'] for d in result['damage']}, result['sealed_records']))
        for name in ('tiles/2.bin', 'tiles/9.bin', f'tiles/0/{5:020}.bin', f'tiles/0/{5000:020}.bin'):
            self.damaged('derived', {**files, name: b''}, file=name)
            self.damaged('derived', {**files, name: b'x' * 32}, file=name)

    def test_checkpoint_file(self):
        log = good_log()
        files = log.files()
        root = root_of(log.leaves[:7])
        for bad in (b'', b'\xff', files['checkpoint'][:-1], files['checkpoint'] + b'\n',
                    checkpoint(9, root, [A]).encode(), checkpoint(7, b'r' * 32, [A]).encode(),
                    checkpoint(7, root, [B]).encode(), checkpoint(7, root, []).encode(),
                    checkpoint(7, root, [A], 'other').encode()):
            self.damaged('checkpoint', {**files, 'checkpoint': bad})
        del files['checkpoint']
        self.damaged('checkpoint', files)

    def test_kept_checkpoints(self):
        log = rotated_log()
        leaves = log.leaves

        def at(size, signers, root=None):
            return checkpoint(size, root or root_of(leaves[:size]), signers)

        self.intact(log, checkpoints=[self.outside('f', at(8, [A]))])
        self.intact(checkpoints=[self.outside('f', at(9, [A, B]))])
        self.intact(checkpoints=[self.outside('f', at(10, [B]))])
        for text in (at(8, [B]), at(9, [A]), at(9, [B]), at(10, [A]), at(5, [C]), at(5, []), at(5, [A], b'r' * 32),
                     at(8, [A]) + 'x', at(8, [A])[:-1], 'x', '', '\n', '"x', '"x"', '5', at(8, [A]).replace('\n', '\r\n'),
                     at(99, [C], b'r' * 32), json.dumps(at(8, [B])), at(8, [A]) + '\n' + at(8, [B]) + '\n'):
            result = self.damaged('anchor', checkpoints=[self.outside('f', text)])
            self.assertIsNotNone(result['anchored_records'])

    def test_rollback(self):
        log = good_log()
        newest = self.outside('f', log.checkpoint)
        cut = Log().records(3)
        cut.seal()
        self.intact(cut)
        self.damaged('anchor', cut, checkpoints=[newest], says='cut')

    def test_quarantine(self):
        log = recovered_log()
        name = next(iter(log.extra))
        log.extra[name] += b'x'
        self.damaged('quarantine', log, file=name)
        log.extra[name] = b''
        self.damaged('quarantine', log, file=name)
        good = {'index': 8, 'bytes': 1, 'sha256': 'a' * 64, 'file': f'quarantine-{8:020}-{"a" * 16}.bin'}
        for more in ({'index': 9}, {'index': '8'}, {'bytes': -1}, {'bytes': 0}, {'sha256': 'A' * 64}, {'file': 'log.json'}):
            log = good_log()
            log.append('log.recover', {**good, **more})
            self.damaged('quarantine', log, record=8)


class Everything(Case):
    def flips(self, log, masks, checkpoints=()):
        files = log.files()
        self.intact(files, checkpoints=checkpoints)
        missed = []
        for name, data in files.items():
            if name == 'lock':
                continue
            for i in range(len(data)):
                for mask in masks:
                    changed = bytearray(data)
                    changed[i] ^= mask
                    self.put(name, bytes(changed))
                    if self.run_it(checkpoints=checkpoints)['intact']:
                        missed.append((name, i, mask))
            self.put(name, data)
        self.assertEqual([], missed)

    def test_each_byte_flipped(self):
        log = Log().records(1)
        log.seal()
        log.recover(b'torn')
        self.flips(log, (0x01, 0x20, 0x80))

    def test_each_byte_of_a_pruned_log_flipped(self):
        self.flips(pruned_log(), (0x01,))

    def test_each_byte_of_an_unsigned_log_flipped(self):
        log = Log(None).records(1)
        log.seal()
        self.flips(log.records(1), (0x01, 0x20))

    def test_each_length_of_each_file(self):
        log = Log().records(1)
        log.seal()
        files = log.files()
        tile = f'tiles/0/{0:020}.bin'
        self.write(files)
        for name, data in files.items():
            if name == 'lock':
                continue
            for length in range(len(data)):
                self.put(name, data[:length])
                result = self.run_it()
                # Tiles may end where the newest seal's tree does.
                self.assertEqual((name, length) == (tile, 64), result['intact'], (name, length))
            self.put(name, data)

    def test_nothing_crashes_it(self):
        chance = random.Random(1)
        logs = [f().files() for f in (good_log, rotated_log, segmented_log, pruned_log, recovered_log)]
        values = ['null', '[]', '{}', '-1', '1e999', '99999999999999999999', '"\\ud800"', 'true', '""', '0']
        for turn in range(1500):
            files = dict(chance.choice(logs))
            for _ in range(chance.randint(1, 3)):
                name = chance.choice(sorted(files))
                data = files[name]
                act = chance.randrange(7)
                at, to = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
                if act == 0:
                    files[name] = data[:at] + data[to:]
                elif act == 1:
                    files[name] = data[:at] + chance.randbytes(9) + data[at:]
                elif act == 2:
                    files[name] = data[:to] + data[at:]
                elif act == 3 and len(files) > 2:
                    del files[name]
                elif act == 4:
                    files[chance.choice(sorted(files))] = data
                elif act == 5:
                    files[name.replace('0', str(chance.randrange(10)), 1)] = data
                else:
                    # A member of another kind, in a line whose crc is right.
                    lines = data.split(b'\n')
                    at = chance.randrange(len(lines))
                    try:
                        members = json.loads(lines[at])
                        key = chance.choice([k for k in members if k != 'crc'])
                        value = chance.choice(values)
                        text = ','.join(f'{json.dumps(k)}:{value if k == key else json.dumps(v, separators=(",", ":"))}'
                                        for k, v in members.items() if k != 'crc')
                        lines[at] = finish('{' + text)
                        files[name] = b'\n'.join(lines)
                    except (ValueError, AttributeError, TypeError, IndexError):
                        pass
            self.write(files)
            try:
                json.dumps(self.run_it())
            except verify.CannotRead:
                pass
            except Exception as e:
                raise AssertionError(f'turn {turn}') from e

    def test_100_000_records_in_seconds(self):
        log = Log()
        lines = log.segments[0]
        w = writer_id(100)
        filler = 'x' * 400
        for i in range(100_000):
            data = (f'{{"v":1,"w":"{w}","n":{i},"t":"2026-11-22T11:13:55.9763702Z","ev":"decision","mode":"enforce",'
                    f'"text":"{filler}"').encode()
            lines.append(data + b',"crc":"%08x"}' % verify.crc32c(data))
        log.seal()
        self.write(log)
        began = time.monotonic()
        self.assertEqual(100_001, self.intact()['sealed_records'])
        self.assertLess(time.monotonic() - began, 30)


class CommandLine(Case):
    def call(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = verify.main([os.path.join(self.dir, 'log'), *arguments])
        return code, out.getvalue(), err.getvalue()

    def test_exit_status(self):
        self.write(good_log())
        self.assertEqual(0, self.call()[0])
        self.assertEqual(0, self.call('--key', A.vkey)[0])
        self.assertEqual(0, self.call('--key', self.outside('k', A.vkey + '\n'))[0])
        self.assertEqual(1, self.call('--key', B.vkey)[0])
        self.assertEqual(2, self.call('--key', 'nothing')[0])
        self.assertEqual(2, self.call('--checkpoint', self.file('nothing'))[0])
        self.put('checkpoint', b'')
        self.assertEqual(1, self.call()[0])
        shutil.rmtree(self.file(''))
        self.assertEqual(2, self.call()[0])
        os.mkdir(self.file(''))
        self.assertEqual(2, self.call()[0])
        log = Log(None)
        log.seal()
        self.write(log)
        self.assertEqual(3, self.call()[0])

    def test_json(self):
        self.write(good_log())
        self.put('\x1b]0;x', b'')
        code, out, _ = self.call('--json')
        result = json.loads(out)
        self.assertEqual((0, True, []), (code, result['intact'], result['damage']))
        self.assertNotIn('\x1b', self.call()[1])

    def test_nothing_is_written(self):
        self.write(good_log())
        before = {(r, tuple(sorted(f))) for r, _, f in os.walk(self.dir)}
        self.call()
        self.assertEqual(before, {(r, tuple(sorted(f))) for r, _, f in os.walk(self.dir)})


if __name__ == '__main__':
    unittest.main()
