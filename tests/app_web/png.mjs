// Pixels of the PNG files that `paw` writes (8-bit RGB, not interlaced) as RGBA. Source of the format: PNG, 3rd edition.
import {inflateSync} from 'node:zlib';

export function decodePng(file) {
  let width = 0;
  let height = 0;
  const parts = [];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const kind = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      if (data[8] !== 8 || data[9] !== 2 || data[12] !== 0) throw new Error('not 8-bit RGB');
    }
    if (kind === 'IDAT') parts.push(data);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = 3 * width;
  const rgb = Buffer.alloc(stride * height);
  const out = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; ++i) {
      const left = i >= 3 ? rgb[y * stride + i - 3] : 0;
      const up = y > 0 ? rgb[(y - 1) * stride + i] : 0;
      const corner = i >= 3 && y > 0 ? rgb[(y - 1) * stride + i - 3] : 0;
      rgb[y * stride + i] = raw[y * (stride + 1) + 1 + i] + predicted(filter, left, up, corner);
    }
    for (let x = 0; x < width; ++x) out.set(rgb.subarray(y * stride + 3 * x, y * stride + 3 * x + 3), 4 * (y * width + x));
  }
  return {data: out, width, height};
}

function predicted(filter, left, up, corner) {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const p = left + up - corner;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
