"""Seeded scenes with label maps: what is above a horizon, what is below it, and what stands on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from textures import CLASSES, paint

SIZE = 160
SKY, WATER, CLOUD, SNOW, ROOF, WALL, ROCK, ROAD, TREE, GRASS = range(len(CLASSES))
SPLITS = {"pretrain": 0, "train": 1, "evaluate": 2}
"""Every split draws from its own seed sequence, so no scene is in two of them."""

ROWS, COLUMNS = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)


@dataclass
class Scene:
    """image: uint8 [row, column, 3]; labels: uint8 [row, column], indices into CLASSES."""

    image: np.ndarray
    labels: np.ndarray


class Canvas:
    """A scene being painted, back to front. Each region gets a colour and texture of its own."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.image = np.zeros((SIZE, SIZE, 3), np.float32)
        self.labels = np.zeros((SIZE, SIZE), np.uint8)

    def fill(self, label: int, where: np.ndarray) -> None:
        """Paints class `label` where the mask `where` [row, column] is true."""
        self.image = np.where(where[:, :, None], paint(self.rng, label, SIZE), self.image)
        self.labels[where] = label

    def polygon(self, points: list[tuple[float, float]]) -> np.ndarray:
        """The mask of a polygon with corners (column, row)."""
        mask = Image.new("1", (SIZE, SIZE))
        ImageDraw.Draw(mask).polygon([(float(x), float(y)) for x, y in points], fill=1)
        return np.asarray(mask)

    def blob(self, column: float, row: float, width: float, height: float) -> np.ndarray:
        """The mask of an ellipse with a wavy outline, by its centre and half axes."""
        x, y = (COLUMNS - column) / width, (ROWS - row) / height
        angle = np.arctan2(y, x)
        outline = sum(self.rng.uniform(0, 0.12) * np.cos(k * angle + self.rng.uniform(0, 6.3)) for k in (2, 3, 5))
        return x * x + y * y < (1 + outline) ** 2


def scatter(canvas: Canvas, labels: list[int], count: int, within: np.ndarray, flatness: float) -> None:
    """`count` blobs of random classes among `labels`, anywhere inside the mask `within`."""
    places = np.argwhere(within)
    if len(places) == 0:
        return
    for _ in range(count):
        row, column = places[canvas.rng.integers(len(places))]
        width = canvas.rng.uniform(12, 42)
        shape = canvas.blob(column, row, width, width * flatness * canvas.rng.uniform(0.7, 1.3))
        canvas.fill(int(canvas.rng.choice(labels)), shape & within)


def house(canvas: Canvas, column: float, base: float) -> None:
    """A wall with a roof on it, standing at row `base`."""
    rng = canvas.rng
    half, wall, roof = rng.uniform(14, 36), rng.uniform(16, 44), rng.uniform(14, 40)
    ridge, eaves = half * rng.uniform(0, 0.8), half + rng.uniform(0, 5)
    left, right, top = column - half, column + half, base - wall
    canvas.fill(WALL, canvas.polygon([(left, base), (left, top), (right, top), (right, base)]))
    corners = [(column - eaves, top), (column - ridge, top - roof), (column + ridge, top - roof), (column + eaves, top)]
    canvas.fill(ROOF, canvas.polygon(corners))


def scene(seed: int, split: str, index: int) -> Scene:
    """Scene `index` of `split`: the same for the same seed, everywhere."""
    rng = np.random.default_rng([seed, SPLITS[split], index])
    canvas = Canvas(rng)
    horizon = SIZE * rng.uniform(0.02, 0.95)
    line = horizon + rng.uniform(-0.12, 0.12) * (COLUMNS - SIZE / 2)
    line = line + rng.uniform(0, 4) * np.sin(COLUMNS / rng.uniform(9, 30) + rng.uniform(0, 6.3))
    above, below = line > ROWS, line <= ROWS
    heaven = [SKY, CLOUD] if rng.random() < 0.7 else [CLOUD, SKY]
    ground = [int(label) for label in rng.permutation([GRASS, GRASS, WATER, SNOW, ROCK])]
    canvas.fill(heaven[0], above)
    scatter(canvas, heaven[1:], rng.integers(0, 4), above, 0.5)
    for _ in range(rng.integers(0, 3)):
        foot, half, height = rng.uniform(0, SIZE), rng.uniform(20, 60), rng.uniform(20, 70)
        peak = foot + half * rng.uniform(-0.5, 0.5)
        canvas.fill(ROCK, canvas.polygon([(foot - half, SIZE), (peak, horizon - height), (foot + half, SIZE)]) & above)
    canvas.fill(ground[0], below)
    scatter(canvas, [label for label in ground if label != ground[0]], rng.integers(0, 4), below, 0.6)
    if rng.random() < 0.5:
        far, near, width = rng.uniform(0, SIZE), rng.uniform(-40, SIZE + 40), rng.uniform(14, 45)
        bottom = max(SIZE, horizon + 60)
        strip = [(far - 3, horizon - 8), (far + 3, horizon - 8), (near + width, bottom), (near - width, bottom)]
        canvas.fill(ROAD, canvas.polygon(strip) & below)
    standing = ["house"] * rng.integers(0, 3) + ["tree"] * rng.integers(0, 5)
    feet = np.sort(horizon + rng.uniform(0, 60, len(standing)) * rng.random(len(standing)))
    for kind, foot in zip(rng.permutation(standing), feet):
        column, radius = rng.uniform(0, SIZE), rng.uniform(9, 28)
        if kind == "house":
            house(canvas, column, foot)
        else:
            canvas.fill(TREE, canvas.blob(column, foot - radius, radius * rng.uniform(0.6, 1.1), radius))
    light = rng.uniform(0.85, 1.12)
    grain = rng.standard_normal((SIZE, SIZE, 1), np.float32) * 3
    return Scene(np.clip(canvas.image * light + grain, 0, 255).astype(np.uint8), canvas.labels)
