// Receipt codes and idempotency keys, made on the phone. The same check character as reporting/domain/receipts.py.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// Multiplication in GF(2)[x]/(x^5+x^2+1).
const timesX = (value) => (value & 16 ? (value << 1) ^ 37 : value << 1);

function times(left, right) {
  let product = 0;
  for (; right; right >>= 1, left = timesX(left)) if (right & 1) product ^= left;
  return product;
}

/** The 16th character for 15 characters of the alphabet. */
export function checkCharacter(body) {
  let total = 0;
  let power = 1;
  for (const character of body) {
    power = timesX(power);
    total ^= times(power, ALPHABET.indexOf(character));
  }
  return ALPHABET[total];
}

/** Sixteen characters in four groups of four. */
export const grouped = (characters) => characters.match(/.{4}/g).join("-");

const randomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));

/** A fresh code: 75 random bits and a check character. A byte's low five bits are uniform. */
export function newReceiptCode(random = randomBytes) {
  const body = Array.from(random(15), (byte) => ALPHABET[byte & 31]).join("");
  return grouped(body + checkCharacter(body));
}

/** A key that makes every retry of one report harmless: 128 random bits in hexadecimal. */
export function newKey(random = randomBytes) {
  return Array.from(random(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
