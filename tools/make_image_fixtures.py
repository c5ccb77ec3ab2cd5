#!/usr/bin/env python3
"""Makes Tests/Fixtures/images: small images of every kind with what Pillow reads and resizes them to.

expected.json lists, for each file, the size and the SHA-256 of the pixels of `convert("RGB")` (or of the raw label values),
and the digests of resized pixels. The same bytes come out again with the same version of Pillow.

    python -m pip install -r tools/requirements.txt
    python tools/make_image_fixtures.py
"""

import hashlib
import json
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "images"
MOST_BYTES = 300_000
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
GREY, RGB, PALETTE = 0, 2, 3


def scene(width, height, seed):
    """Waves with hard-edged boxes, [height, width, 3]: chroma subsampling and overshoot both show."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    pixels = np.stack([128 + 100 * np.sin(x * a + y * b) for a, b in random.uniform(0.05, 0.6, (3, 2))], axis=-1)
    for _ in range(6):
        left, top = random.integers(0, width), random.integers(0, height)
        pixels[top : top + random.integers(2, 16), left : left + random.integers(2, 16)] = random.choice([0, 255], 3)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def png(path, values, depth, color, palette=None, interlaced=False):
    """Writes [height, width(, channels)] values: forms that Pillow does not write."""
    height, width = values.shape[:2]

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    def rows(part):
        for row in part:
            if depth == 16:
                yield b"\0" + row.astype(">u2").tobytes()
            else:
                bits = np.unpackbits(row.reshape(-1, 1).astype(np.uint8), axis=1)[:, 8 - depth :]
                yield b"\0" + np.packbits(bits.reshape(-1)).tobytes()

    passes = [values[y::down, x::right] for x, y, right, down in ADAM7] if interlaced else [values]
    data = b"".join(b"".join(rows(part)) for part in passes if part.size)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    chunks = chunk(b"IHDR", header) + (chunk(b"PLTE", bytes(palette)) if palette is not None else b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


def sha(pixels):
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()


def write_images():
    picture = Image.fromarray(scene(61, 47, seed=1))
    for name, options in {
        "rgb-444.jpg": {"quality": 92, "subsampling": 0},
        "rgb-422.jpg": {"quality": 80, "subsampling": 1},
        "rgb-420-odd.jpg": {"quality": 75, "subsampling": 2},
        "rgb-420-progressive.jpg": {"quality": 60, "subsampling": 2, "progressive": True},
    }.items():
        picture.save(ROOT / name, **options)
    picture.convert("L").save(ROOT / "grey.jpg", quality=85)
    Image.fromarray(scene(1, 1, seed=2)).save(ROOT / "one-pixel.jpg")
    picture.save(ROOT / "rgb.png")
    alpha = Image.fromarray(scene(61, 47, seed=3)[..., 0])
    rgba = picture.copy()
    rgba.putalpha(alpha)
    rgba.save(ROOT / "rgba.png")
    picture.convert("L").save(ROOT / "grey.png")
    rgba.convert("LA").save(ROOT / "grey-alpha.png")
    palette = picture.quantize(40)
    palette.save(ROOT / "palette.png")
    palette.save(ROOT / "palette-transparent.png", transparency=bytes(range(40)))
    picture.convert("1").save(ROOT / "grey-1.png")
    random = np.random.default_rng(4)
    png(ROOT / "grey-2.png", random.integers(0, 4, (9, 13)), 2, GREY)
    png(ROOT / "grey-4.png", random.integers(0, 16, (9, 13)), 4, GREY)
    png(ROOT / "rgb-16.png", random.integers(0, 65536, (9, 13, 3)), 16, RGB)
    png(ROOT / "rgb-interlaced.png", scene(21, 19, seed=5), 8, RGB, interlaced=True)
    png(ROOT / "noise.png", random.choice([0, 255], (23, 37, 3)), 8, RGB)


def patched(name, change):
    """A JPEG's bytes, changed."""
    return change((ROOT / name).read_bytes())


def without_adobe(data):
    """Without the segment by which Adobe says how colours are stored."""
    start = data.index(b"\xff\xee")
    return data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4], "big") :]


def as_ycck(data):
    """The same numbers, said to be YCCK: the segment's last byte names the transform."""
    start = data.index(b"Adobe")
    return data[: start + 11] + b"\x02" + data[start + 12 :]


def write_cmyk():
    """Ink and black of their own scenes, so that both are seen; Pillow inverts all of them, as Adobe's programs do."""
    bands = [Image.fromarray(scene(61, 47, seed)[..., 0]) for seed in (9, 10, 11, 12)]
    Image.merge("CMYK", bands).save(ROOT / "cmyk.jpg", quality=88)
    (ROOT / "cmyk-plain.jpg").write_bytes(patched("cmyk.jpg", without_adobe))
    (ROOT / "ycck.jpg").write_bytes(patched("cmyk.jpg", as_ycck))


def write_turned():
    """Pictures that say that the camera was turned, which Image.open and convert leave as they are."""
    picture = Image.fromarray(scene(31, 23, seed=13))
    for orientation in (1, 3, 6, 8):
        picture.save(ROOT / f"orientation-{orientation}.jpg", exif=exif_of(orientation))
    picture.save(ROOT / "orientation-6.png", exif=exif_of(6))


def exif_of(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def write_labels():
    random = np.random.default_rng(6)
    for depth in (1, 2, 4, 8):
        values = random.integers(0, min(2**depth, 200), (11, 17))
        colors = random.integers(0, 256, 3 * 2**depth, np.uint8)
        png(ROOT / f"labels-{depth}.png", values, depth, PALETTE, colors)
        yield f"labels-{depth}.png", values
    values = random.integers(0, 256, (11, 17))
    png(ROOT / "labels-grey.png", values, 8, GREY)
    yield "labels-grey.png", values
    png(ROOT / "labels-interlaced.png", values % 16, 4, PALETTE, random.integers(0, 256, 48, np.uint8), interlaced=True)
    yield "labels-interlaced.png", values % 16


def write_refused():
    picture = Image.fromarray(scene(16, 16, seed=7))
    png(ROOT / "refused-grey-16.png", np.random.default_rng(8).integers(0, 65536, (9, 13)), 16, GREY)
    picture.save(ROOT / "refused.webp", lossless=True)


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    write_images()
    write_cmyk()
    write_turned()
    images = sorted(path.name for path in ROOT.iterdir())
    labels = dict(write_labels())
    write_refused()
    expected = {"images": [], "labels": [], "resized": [], "resizedLanczos": [], "resizedLabels": []}

    def record(kind, name, image, pixels):
        expected[kind].append({"file": name, "width": image.width, "height": image.height, "sha256": sha(pixels)})

    for name in images:
        image = Image.open(ROOT / name).convert("RGB")
        record("images", name, image, np.asarray(image))
    for name, values in labels.items():
        image = Image.open(ROOT / name)
        assert (np.asarray(image) == values).all(), name
        record("labels", name, image, values.astype(np.uint8))
    sizes = [(64, 40), (20, 15), (61, 30), (7, 47), (1, 1), (200, 3), (122, 94), (13, 91)]
    for name in ("rgb.png", "noise.png"):
        for size in sizes:
            for kind, filter in ("resized", Image.Resampling.BICUBIC), ("resizedLanczos", Image.Resampling.LANCZOS):
                image = Image.open(ROOT / name).resize(size, filter)
                record(kind, name, image, np.asarray(image))
    for size in sizes:
        image = Image.open(ROOT / "labels-8.png").resize(size, Image.Resampling.NEAREST)
        record("resizedLabels", "labels-8.png", image, np.asarray(image))
    (ROOT / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    size = sum(path.stat().st_size for path in ROOT.iterdir())
    assert size < MOST_BYTES, f"the fixtures take {size} bytes, more than {MOST_BYTES}"
    print(f"{ROOT}: {size} bytes")


if __name__ == "__main__":
    main()
