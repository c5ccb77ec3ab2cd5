"""Scenes as the model and the probes see them: through JPEG, with labels on the grid of patches."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from scenes import SIZE, scene
from textures import CLASSES

PATCH = 16
GRID = SIZE // PATCH
QUALITY = 95


def encode(image: np.ndarray) -> bytes:
    """JPEG bytes of an image uint8 [row, column, 3]."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


def decode(data: bytes) -> np.ndarray:
    """The image of some JPEG bytes. uint8 [row, column, 3]"""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def gold(labels: np.ndarray) -> np.ndarray:
    """The majority class of each patch, ties to the lowest. [row, column] pixels -> uint8 [token], raster order"""
    patches = labels.reshape(GRID, PATCH, GRID, PATCH).transpose(0, 2, 1, 3).reshape(GRID * GRID, -1)
    counts = (patches[:, :, None] == np.arange(len(CLASSES))).sum(axis=1)
    return counts.argmax(axis=1).astype(np.uint8)


def areas(labels: np.ndarray) -> np.ndarray:
    """The share of each class in the image. float32 [class]"""
    return (np.bincount(labels.ravel(), minlength=len(CLASSES)) / labels.size).astype(np.float32)


def pretraining(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images uint8 [image, row, column, 3], gold uint8 [image, token], areas float32 [image, class]."""
    images = np.empty((count, SIZE, SIZE, 3), np.uint8)
    tokens = np.empty((count, GRID * GRID), np.uint8)
    shares = np.empty((count, len(CLASSES)), np.float32)
    for index in range(count):
        drawn = scene(seed, "pretrain", index)
        images[index] = decode(encode(drawn.image))
        tokens[index], shares[index] = gold(drawn.labels), areas(drawn.labels)
    return images, tokens, shares


def write(seed: int, split: str, count: int, root: Path) -> None:
    """Writes scenes 0 ..< count of a split as root/images/SPLIT/NAME.jpg and root/masks/SPLIT/NAME.png."""
    for kind in ("images", "masks"):
        (root / kind / split).mkdir(parents=True, exist_ok=True)
    for index in range(count):
        drawn = scene(seed, split, index)
        name = f"{split}-{index:04d}"
        (root / "images" / split / f"{name}.jpg").write_bytes(encode(drawn.image))
        Image.fromarray(drawn.labels).save(root / "masks" / split / f"{name}.png", optimize=True)


def read(root: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """A written split, by name: images uint8 [image, row, column, 3], gold uint8 [image, token]."""
    images, tokens = [], []
    for path in sorted((root / "images" / split).glob("*.jpg")):
        images.append(decode(path.read_bytes()))
        tokens.append(gold(np.asarray(Image.open(root / "masks" / split / f"{path.stem}.png"))))
    return np.stack(images), np.stack(tokens)
