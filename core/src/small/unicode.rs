//! Letters as Unicode has them, made by `scripts/unicode-tables.py` from the Unicode Character Database
//! 14.0.0 (CaseFolding.txt, UnicodeData.txt). Not written by hand.

/// Where full case folding is not lower case: a letter and what it becomes, in order.
#[rustfmt::skip]
#[expect(clippy::unicode_not_nfc, reason = "both spellings of a letter are meant")]
pub(super) const FOLDED: &str = "\
    µμ ßss ŉʼn ſs ǰj\u{30c} \u{345}ι ΐι\u{308}\u{301} ΰυ\u{308}\u{301} ςσ ϐβ ϑθ ϕφ ϖπ ϰκ ϱρ ϵε \
    ևեւ ᲀв ᲁд ᲂо ᲃс ᲄт ᲅт ᲆъ ᲇѣ ᲈꙋ ẖh\u{331} ẗt\u{308} ẘw\u{30a} ẙy\u{30a} ẚaʾ ẛṡ \
    ẞss ὐυ\u{313} ὒυ\u{313}\u{300} ὔυ\u{313}\u{301} ὖυ\u{313}\u{342} ᾀἀι ᾁἁι ᾂἂι ᾃἃι ᾄἄι ᾅἅι ᾆἆι ᾇἇι ᾈἀι ᾉἁι ᾊἂι \
    ᾋἃι ᾌἄι ᾍἅι ᾎἆι ᾏἇι ᾐἠι ᾑἡι ᾒἢι ᾓἣι ᾔἤι ᾕἥι ᾖἦι ᾗἧι ᾘἠι ᾙἡι ᾚἢι \
    ᾛἣι ᾜἤι ᾝἥι ᾞἦι ᾟἧι ᾠὠι ᾡὡι ᾢὢι ᾣὣι ᾤὤι ᾥὥι ᾦὦι ᾧὧι ᾨὠι ᾩὡι ᾪὢι \
    ᾫὣι ᾬὤι ᾭὥι ᾮὦι ᾯὧι ᾲὰι ᾳαι ᾴάι ᾶα\u{342} ᾷα\u{342}ι ᾼαι ιι ῂὴι ῃηι ῄήι ῆη\u{342} \
    ῇη\u{342}ι ῌηι ῒι\u{308}\u{300} ΐι\u{308}\u{301} ῖι\u{342} ῗι\u{308}\u{342} ῢυ\u{308}\u{300} ΰυ\u{308}\u{301} ῤρ\u{313} ῦυ\u{342} ῧυ\u{308}\u{342} ῲὼι ῳωι ῴώι ῶω\u{342} ῷω\u{342}ι \
    ῼωι ﬀff ﬁfi ﬂfl ﬃffi ﬄffl ﬅst ﬆst ﬓմն ﬔմե ﬕմի ﬖվն ﬗմխ";

/// Composed letters: the first of a run, and what each is without accents; a space where it is what it is.
#[rustfmt::skip]
pub(super) const BARE: &[(u16, &str)] = &[
    (0xc0, "AAAAAA CEEEEIIII NOOOOO  UUUUY  aaaaaa ceeeeiiii nooooo  uuuuy yAaAaAaCcCcCcCcDd  EeEeEeEeEeGgGgGgGgHh  IiIiIiIiI   JjKk LlLlLl"),
    (0x143, "NnNnNn   OoOoOo  RrRrRrSsSsSsSsTtTt  UuUuUuUuUuUuWwYyYZzZzZz"),
    (0x1a0, "Oo"),
    (0x1af, "Uu"),
    (0x1cd, "AaIiOoUuUuUuUuUu AaAaÆæ  GgKkOoOoƷʒj   Gg  NnAaÆæØøAaAaEeEeIiIiOoOoRrRrUuUuSsTt  Hh"),
    (0x226, "AaEeOoOoOoOoYy"),
    (0x385, "¨Α ΕΗΙ Ο ΥΩι"),
    (0x3aa, "ΙΥαεηιυ"),
    (0x3ca, "ιυουω"),
    (0x3d3, "ϒϒ"),
    (0x400, "ЕЕ Г   І"),
    (0x40c, "КИУ"),
    (0x419, "И"),
    (0x439, "и"),
    (0x450, "ее г   і"),
    (0x45c, "киу"),
    (0x476, "Ѵѵ"),
    (0x4c1, "Жж"),
    (0x4d0, "АаАа  Ее  ӘәЖжЗз  ИиИиОо  ӨөЭэУуУуУуЧч  Ыы"),
    (0x622, "ااواي"),
    (0x6c0, "ە ہ"),
    (0x6d3, "ے"),
    (0xc48, "ె"),
    (0xf76, "ྲ ླ"),
    (0x1e00, "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwy ſ"),
    (0x1ea0, "AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy"),
    (0x1f00, "ααααααααΑΑΑΑΑΑΑΑεεεεεε  ΕΕΕΕΕΕ  ηηηηηηηηΗΗΗΗΗΗΗΗιιιιιιιιΙΙΙΙΙΙΙΙοοοοοο  ΟΟΟΟΟΟ  υυυυυυυυ Υ Υ Υ ΥωωωωωωωωΩΩΩΩΩΩΩΩααεεηηιιοουυωω  ααααααααΑΑΑΑΑΑΑΑηηηηηηηηΗΗΗΗΗΗΗΗωωωωωωωωΩΩΩΩΩΩΩΩααααα ααΑΑΑΑΑ"),
    (0x1fc1, "¨ηηη ηηΕΕΗΗΗ᾿᾿᾿ιιιι  ιιΙΙΙΙ ῾῾῾υυυυρρυυΥΥΥΥΡ¨¨   ωωω ωωΟΟΩΩΩ"),
    (0x212b, "A"),
    (0x219a, "←→"),
    (0x21ae, "↔"),
    (0x21cd, "⇐⇔⇒"),
    (0x2204, "∃"),
    (0x2209, "∈  ∋"),
    (0x2224, "∣ ∥"),
    (0x2241, "∼  ≃  ≅ ≈"),
    (0x2260, "= ≡"),
    (0x226d, "≍<>≤≥  ≲≳  ≶≷"),
    (0x2280, "≺≻  ⊂⊃  ⊆⊇"),
    (0x22ac, "⊢⊨⊩⊫"),
    (0x22e0, "≼≽⊑⊒"),
    (0x22ea, "⊲⊳⊴⊵"),
    (0x2adc, "⫝"),
    (0xfb1d, "י ײ"),
    (0xfb2a, "ששששאאאבגדהוז טיךכל מ נס ףפ צקרשתובכפ"),
];

/// Accents by themselves: the first of a run, and how many follow it.
#[rustfmt::skip]
pub(super) const MARKS: &[(u32, u8)] = &[
    (0x300, 78), (0x350, 31), (0x483, 4), (0x591, 44), (0x5bf, 0), (0x5c1, 1), (0x5c4, 1), (0x5c7, 0),
    (0x610, 10), (0x64b, 20), (0x670, 0), (0x6d6, 6), (0x6df, 5), (0x6e7, 1), (0x6ea, 3), (0x711, 0),
    (0x730, 26), (0x7eb, 8), (0x7fd, 0), (0x816, 3), (0x81b, 8), (0x825, 2), (0x829, 4), (0x859, 2),
    (0x898, 7), (0x8ca, 23), (0x8e3, 28), (0x951, 3), (0x9fe, 0), (0xc55, 1), (0xe38, 1), (0xe48, 3),
    (0xeb8, 1), (0xec8, 3), (0xf18, 1), (0xf35, 0), (0xf37, 0), (0xf39, 0), (0xf71, 1), (0xf74, 0),
    (0xf7a, 3), (0xf80, 0), (0xf82, 1), (0xf86, 1), (0xfc6, 0), (0x108d, 0), (0x135d, 2), (0x17dd, 0),
    (0x18a9, 0), (0x1939, 2), (0x1a17, 1), (0x1a75, 7), (0x1a7f, 0), (0x1ab0, 13), (0x1abf, 15), (0x1b6b, 8),
    (0x1cd0, 2), (0x1cd4, 12), (0x1ce2, 6), (0x1ced, 0), (0x1cf4, 0), (0x1cf8, 1), (0x1dc0, 63), (0x20d0, 12),
    (0x20e1, 0), (0x20e5, 11), (0x2cef, 2), (0x2de0, 31), (0x302a, 3), (0xa66f, 0), (0xa674, 9), (0xa69e, 1),
    (0xa6f0, 1), (0xa8e0, 17), (0xa92b, 2), (0xaab0, 0), (0xaab2, 2), (0xaab7, 1), (0xaabe, 1), (0xaac1, 0),
    (0xfb1e, 0), (0xfe20, 15), (0x101fd, 0), (0x102e0, 0), (0x10376, 4), (0x10a0d, 0), (0x10a0f, 0), (0x10a38, 2),
    (0x10ae5, 1), (0x10d24, 3), (0x10eab, 1), (0x10f46, 10), (0x10f82, 3), (0x11100, 2), (0x11366, 6), (0x11370, 4),
    (0x1145e, 0), (0x16af0, 4), (0x16b30, 6), (0x1bc9e, 0), (0x1d167, 2), (0x1d17b, 7), (0x1d185, 6), (0x1d1aa, 3),
    (0x1d242, 2), (0x1e000, 6), (0x1e008, 16), (0x1e01b, 6), (0x1e023, 1), (0x1e026, 4), (0x1e130, 6), (0x1e2ae, 0),
    (0x1e2ec, 3), (0x1e8d0, 6), (0x1e944, 5),
];
