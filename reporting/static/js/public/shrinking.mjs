// Makes a picture small on the phone: at most 1,600 pixels and 400 KB, drawn anew, so that nothing of the file's metadata is left.

export const LONGEST_SIDE = 1_600;
export const MOST_BYTES = 400_000;
const QUALITIES = [0.85, 0.75, 0.65, 0.5];
const SMALLER = 0.75;
const SMALLEST_SIDE = 400;

export class Unreadable extends Error {}

/** A JPEG of the picture in the file. Throws Unreadable for what this browser cannot open. */
export async function shrink(file) {
  const picture = await opened(file);
  try {
    const longest = Math.max(picture.width, picture.height);
    if (!longest) throw new Unreadable();
    for (let side = Math.min(LONGEST_SIDE, longest); ; side *= SMALLER) {
      const canvas = drawn(picture, side / longest);
      for (const quality of QUALITIES) {
        const blob = await encoded(canvas, quality);
        if (blob.size <= MOST_BYTES || (side <= SMALLEST_SIDE && quality === QUALITIES.at(-1))) return blob;
      }
    }
  } finally {
    picture.close?.();
  }
}

// Both ways turn the picture as the phone was held.
async function opened(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return asElement(file);
  }
}

async function asElement(file) {
  const url = URL.createObjectURL(file);
  const image = new Image();
  try {
    image.src = url;
    await image.decode();
    return image;
  } catch {
    throw new Unreadable();
  } finally {
    URL.revokeObjectURL(url);
  }
}

function drawn(picture, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Unreadable();
  // What lets light through is seen on white.
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function encoded(canvas, quality) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  if (!blob) throw new Unreadable();
  return bare(blob);
}

// Browsers write a colour profile of their own. Segments APP1 to APP15 and comments are left out; everything else stays.
async function bare(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const kept = [bytes.subarray(0, 2)];
  let at = 2;
  while (bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const end = at + 2 + (bytes[at + 2] << 8) + bytes[at + 3];
    const marker = bytes[at + 1];
    if (!(marker > 0xe0 && marker <= 0xef) && marker !== 0xfe) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return new Blob([...kept, bytes.subarray(at)], { type: "image/jpeg" });
}
