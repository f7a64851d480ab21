// Whether a text only says what somebody looks like. The words of the page's language come once, when somebody begins to write,
// and are compared on the phone: no word leaves it before Send. The same rule as reporting/domain/looks.py.

let lists;

// The same folding as reporting/domain/looks.py.
const SAME = { ß: "ss", ł: "l", ø: "o", đ: "d", ı: "i", "’": "'", ة: "ه", ى: "ي", ی: "ي", ک: "ك", گ: "ك", ٱ: "ا" };
const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[ßłøđı’ةىیکگٱ]/g, (letter) => SAME[letter]);
const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/gu) ?? [];

function listed(words) {
  const all = words.split(" ");
  const beginnings = all.filter((word) => word.endsWith("*")).map((word) => word.slice(0, -1));
  const whole = new Set(all);
  return (word) => whole.has(word) || beginnings.some((beginning) => word.startsWith(beginning));
}

/** Fetches the words once; what cannot be fetched asks nothing. */
export async function learn(address) {
  if (lists) return;
  lists = { shows: () => false };
  try {
    const response = await fetch(address, { credentials: "omit" });
    if (!response.ok) return;
    const { shows, plain } = await response.json();
    lists = { shows: listed(shows), plain: listed(plain) };
  } catch {
    // Offline nobody is asked back; the report goes as it is.
    lists = undefined;
  }
}

/** Every word is about looks or says nothing by itself, and at least one is about looks. */
export function onlyLooks(text) {
  if (!lists?.plain) return false;
  let seen = false;
  for (const word of wordsOf(text)) {
    if (lists.shows(word)) seen = true;
    else if (!lists.plain(word) && !/^\d+s?$/.test(word)) return false;
  }
  return seen;
}
