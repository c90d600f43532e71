"""Writes core/src/small/unicode.rs: what case folding does beyond lower case, and letters without their marks.

From the Unicode Character Database as Python has it (`python3 scripts/unicode-tables.py > core/src/small/unicode.rs`).
"""

import unicodedata as ucd


def marks():
    """Nonspacing marks that are accents: not vowel signs, nuktas, voicing marks of kana or viramas."""
    return {
        code
        for code in range(0x110000)
        if ucd.category(chr(code)) == "Mn" and ucd.combining(chr(code)) not in (0, 7, 8, 9)
    }


def runs(codes):
    found = []
    for code in sorted(codes):
        if found and code == found[-1][1] + 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def bare(accents):
    """Composed letters and what is left of each without its accents; Hangul has none."""
    found = {}
    for code in set(range(0x10000)) - set(range(0xAC00, 0xD7A4)) - set(range(0xD800, 0xE000)) - accents:
        parts = ucd.normalize("NFD", chr(code))
        if len(parts) > 1 and any(ord(part) in accents for part in parts):
            rest = ucd.normalize("NFC", "".join(part for part in parts if ord(part) not in accents))
            assert len(rest) <= 1, hex(code)
            if rest:
                found[code] = rest
    return found


def folded():
    """Where full case folding is not lower case. Cherokee folds to capitals, of which lower case says as much."""
    cherokee = set(range(0x13A0, 0x1400)) | set(range(0xAB70, 0xABC0))
    codes = set(range(0x110000)) - set(range(0xD800, 0xE000)) - cherokee
    return {code: chr(code).casefold() for code in codes if chr(code).casefold() != chr(code).lower()}


def escaped(text):
    return "".join(f"\\u{{{ord(c):x}}}" if ucd.combining(c) or c in '"\\' else c for c in text)


def main():
    accents = marks()
    print("//! Letters as Unicode has them, made by `scripts/unicode-tables.py` from the Unicode Character Database")
    print(f"//! {ucd.unidata_version} (CaseFolding.txt, UnicodeData.txt). Not written by hand.\n")
    print("/// Where full case folding is not lower case: a letter and what it becomes, in order.")
    print("#[rustfmt::skip]")
    print('#[expect(clippy::unicode_not_nfc, reason = "both spellings of a letter are meant")]')
    print("pub(super) const FOLDED: &str = \"\\")
    pairs = [chr(code) + escaped(text) for code, text in sorted(folded().items())]
    pairs = [escaped(pair[0]) + pair[1:] for pair in pairs]
    for at in range(0, len(pairs), 16):
        print("    " + " ".join(pairs[at : at + 16]) + ("\";" if at + 16 >= len(pairs) else " \\"))
    print("\n/// Composed letters: the first of a run, and what each is without accents; a space where it is what it is.")
    print("#[rustfmt::skip]")
    print("pub(super) const BARE: &[(u16, &str)] = &[")
    letters = bare(accents)
    groups = []
    for code in sorted(letters):
        if groups and code - groups[-1][1] <= 4:
            groups[-1][2].extend([" "] * (code - groups[-1][1] - 1) + [letters[code]])
            groups[-1][1] = code
        else:
            groups.append([code, code, [letters[code]]])
    for start, _, texts in groups:
        print(f"    (0x{start:x}, \"{escaped(''.join(texts))}\"),")
    print("];")
    print("\n/// Accents by themselves: the first of a run, and how many follow it.")
    print("#[rustfmt::skip]")
    print("pub(super) const MARKS: &[(u32, u8)] = &[")
    pairs = [f"(0x{first:x}, {last - first})" for first, last in runs(accents)]
    for at in range(0, len(pairs), 8):
        print("    " + ", ".join(pairs[at : at + 8]) + ",")
    print("];")


main()
