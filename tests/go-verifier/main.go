// Verifies exports, receipts and consistency proofs of an audit log with the
// Go project's own transparency log packages, golang.org/x/mod/sumdb/note and
// golang.org/x/mod/sumdb/tlog. It shares no code with the library.
//
//	go run main.go VKEY PATH...
//
// VKEY is the log's verifier key. A PATH is a directory in the form of
// c2sp.org/tlog-tiles, or a receipt's or consistency proof's file. It prints
// one line for each, and exits with 1 at the first that doesn't hold.
package main

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type ecdsaVerifier struct {
	name string
	id   uint32
	key  *ecdsa.PublicKey
}

func (v *ecdsaVerifier) Name() string    { return v.name }
func (v *ecdsaVerifier) KeyHash() uint32 { return v.id }
func (v *ecdsaVerifier) Verify(text, signature []byte) bool {
	digest := sha256.Sum256(text)
	return ecdsa.VerifyASN1(v.key, digest[:], signature)
}

func main() {
	if len(os.Args) < 3 {
		fail("usage: go run main.go VKEY PATH...")
	}
	verifier := parseKey(os.Args[1])
	for _, path := range os.Args[2:] {
		info, err := os.Stat(path)
		check(err)
		if info.IsDir() {
			verifyExport(verifier, path)
		} else {
			verifyFile(verifier, path)
		}
	}
}

func parseKey(text string) note.Verifier {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		fail("the key isn't name+id+base64")
	}
	id, err := strconv.ParseUint(parts[1], 16, 32)
	check(err)
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	check(err)
	if len(key) == 0 || key[0] != 2 {
		fail("the key isn't of type 2")
	}
	digest := sha256.Sum256(key[1:])
	if binary.BigEndian.Uint32(digest[:4]) != uint32(id) {
		fail("the key's id isn't its digest's")
	}
	public, err := x509.ParsePKIXPublicKey(key[1:])
	check(err)
	return &ecdsaVerifier{parts[0], uint32(id), public.(*ecdsa.PublicKey)}
}

func openCheckpoint(verifier note.Verifier, signed string) tlog.Tree {
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		fail("the checkpoint isn't three lines under the key's name")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

// directory reads tiles as c2sp.org/tlog-tiles names them: without the height.
type directory string

func (d directory) Height() int                     { return tileHeight }
func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}
func (d directory) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), name))
}
func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		data, err := d.read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func verifyExport(verifier note.Verifier, path string) {
	d := directory(path)
	signed, err := d.read("checkpoint")
	check(err)
	tree := openCheckpoint(verifier, string(signed))
	// This reader checks each tile against the tree's root.
	hashes := tlog.TileHashReader(tree, d)
	for _, tile := range tlog.NewTiles(tileHeight, 0, tree.N) {
		if tile.W == 1<<tileHeight || tile.W == int(tree.N>>(tileHeight*tile.L)-tile.N<<tileHeight) {
			expected, err := tlog.ReadTileData(tile, hashes)
			check(err)
			found, err := d.ReadTiles([]tlog.Tile{tile})
			check(err)
			if string(found[0]) != string(expected) {
				fail("%s isn't the tree's", tile.Path())
			}
		}
	}
	entries := verifyEntries(d, tree, hashes)
	for n := int64(1); n <= tree.N; n += 1 + tree.N/97 {
		index := n - 1
		inclusion, err := tlog.ProveRecord(tree.N, index, hashes)
		check(err)
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		check(err)
		check(tlog.CheckRecord(inclusion, tree.N, tree.Hash, index, leaf[0]))
		older, err := tlog.TreeHash(n, hashes)
		check(err)
		consistency, err := tlog.ProveTree(tree.N, n, hashes)
		check(err)
		check(tlog.CheckTree(consistency, tree.N, tree.Hash, n, older))
	}
	fmt.Printf("export of %d records, %d entries: OK\n", tree.N, entries)
}

// Bundles may be missing at the front, where records were pruned.
func verifyEntries(d directory, tree tlog.Tree, hashes tlog.HashReader) int {
	count := 0
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := tree.N - first
		if width > 1<<tileHeight {
			width = 1 << tileHeight
		}
		tile := tlog.Tile{H: tileHeight, L: 0, N: first >> tileHeight, W: int(width)}
		bundle, err := d.read(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		if os.IsNotExist(err) && count == 0 {
			continue
		}
		check(err)
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				fail("the bundle of record %d is too short", first+i)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, first+i)})
			check(err)
			if tlog.RecordHash(bundle[2:2+length]) != leaf[0] {
				fail("record %d isn't the tree's", first+i)
			}
			bundle = bundle[2+length:]
			count++
		}
		if len(bundle) != 0 {
			fail("the bundle of record %d is too long", first)
		}
	}
	return count
}

type proofFile struct {
	Format, Checkpoint, First, Second string
	Proof                             []tlog.Hash
	Records                           []struct {
		Index int64
		Line  string
		Proof []tlog.Hash
	}
}

func verifyFile(verifier note.Verifier, path string) {
	data, err := os.ReadFile(path)
	check(err)
	var file proofFile
	check(json.Unmarshal(data, &file))
	switch file.Format {
	case "guardrails-receipt/1":
		tree := openCheckpoint(verifier, file.Checkpoint)
		for _, record := range file.Records {
			check(tlog.CheckRecord(record.Proof, tree.N, tree.Hash, record.Index, tlog.RecordHash([]byte(record.Line))))
		}
		fmt.Printf("receipt of %d records: OK\n", len(file.Records))
	case "guardrails-consistency/1":
		first, second := openCheckpoint(verifier, file.First), openCheckpoint(verifier, file.Second)
		check(tlog.CheckTree(file.Proof, second.N, second.Hash, first.N, first.Hash))
		fmt.Printf("consistency of %d and %d records: OK\n", first.N, second.N)
	default:
		fail("the format %q isn't known", file.Format)
	}
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}
