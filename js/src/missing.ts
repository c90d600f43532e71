/** Texts that stand for no value beside numbers, truth values or times; the server knows the same. */

const WORDS = new Set(
  (
    "NA|N/A|n/a|na|NULL|Null|null|None|none|NONE|\\N|-|--|---|?|.|..|...|*|#N/A|#NA|#N/A N/A|#NULL!|" +
    "#DIV/0!|#VALUE!|#REF!|#NAME?|#NUM!|#N/D|<NA>|<null>|(null)|n.a.|N.A.|n.d.|N.D.|nil|NIL|nd|ND|NaT|" +
    "k.A.|k. A.|–|—|…|/|#NV|#WERT!|#BEZUG!|#ZAHL!|#VALOR!|#VALEUR!|#NOM?|#NOMBRE?|#NOMBRE!|#¡VALOR!|" +
    "#¡REF!|#¡DIV/0!|s.o.|s/o|unbekannt"
  ).split("|"),
);
/** Numbers that none counts to. */
const ENDLESS = /^[+-]?(nan|inf|infinity)$/i;

/** Whether a text is one of them. */
export const isMissing = (text: string): boolean => WORDS.has(text) || ENDLESS.test(text);
