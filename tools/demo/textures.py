"""What the material of a region looks like: one colour and texture distribution per *pair* of classes."""

from __future__ import annotations

from functools import cache

import numpy as np

CLASSES = ["sky", "water", "cloud", "snow", "roof", "wall", "rock", "road", "tree", "grass"]
"""Class 2k and class 2k + 1 are a pair: they share material k, so only their surroundings tell them apart."""

FIELD = 320
"""Side of a noise field; regions take random crops of it."""

# Material: mean colour, spread of a region's colour, blur of the texture (down, across, in pixels), its strength.
MATERIALS = [
    ((112, 150, 196), 18.0, (6.0, 14.0), 9.0),
    ((222, 226, 233), 12.0, (5.0, 5.0), 10.0),
    ((164, 96, 76), 20.0, (0.8, 5.0), 12.0),
    ((126, 121, 116), 16.0, (1.0, 1.0), 13.0),
    ((78, 116, 58), 17.0, (2.2, 2.2), 15.0),
]


@cache
def fields(material: int) -> np.ndarray:
    """Eight noise fields of unit variance, low-passed as the material asks. [field, FIELD, FIELD]"""
    rng = np.random.default_rng([20, material])
    down, across = MATERIALS[material][2]
    frequency = 2 * np.pi * np.fft.fftfreq(FIELD)
    gain = np.exp(-0.5 * ((frequency[:, None] * down) ** 2 + (frequency[None, :] * across) ** 2))
    white = rng.standard_normal((8, FIELD, FIELD))
    smooth = np.fft.ifft2(np.fft.fft2(white) * gain).real
    return (smooth / smooth.std(axis=(1, 2), keepdims=True)).astype(np.float32)


def paint(rng: np.random.Generator, label: int, size: int) -> np.ndarray:
    """A size x size sheet of the material of class `label`; depends on `label // 2` alone. [row, column, 3]"""
    mean, spread, _, strength = MATERIALS[label // 2]
    bank = fields(label // 2)
    top, left = rng.integers(0, FIELD - size, 2)
    texture = bank[rng.integers(len(bank)), top : top + size, left : left + size]
    texture = texture[:, :: rng.choice([-1, 1])] * strength * rng.uniform(0.5, 1.5)
    colour = np.asarray(mean) + spread * (0.8 * rng.standard_normal() + 0.6 * rng.standard_normal(3))
    tint = 1 + 0.15 * rng.standard_normal(3)
    return (colour + texture[:, :, None] * tint).astype(np.float32)
