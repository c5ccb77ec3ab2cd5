"""The vision tower: a small CLIP ViT that learns only from image-level labels, then is frozen."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from transformers import CLIPVisionConfig, CLIPVisionModel

from dataset import GRID, PATCH
from scenes import SIZE
from textures import CLASSES

FEATURE_LAYER = -2
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)
PRESENT = 0.004
"""The share of the image from which a class counts as present."""


def config() -> CLIPVisionConfig:
    return CLIPVisionConfig(
        hidden_size=128, intermediate_size=512, num_hidden_layers=5, num_attention_heads=4, image_size=SIZE,
        patch_size=PATCH, hidden_act="quick_gelu", layer_norm_eps=1e-5, projection_dim=128,
    )  # fmt: skip


def pixel_values(images: np.ndarray) -> Tensor:
    """What CLIPImageProcessor makes of 160-pixel images. uint8 [image, row, column, 3] -> [image, 3, row, column]"""
    scaled = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    return (scaled - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)


def sine_cosine(grid: int, hidden: int) -> Tensor:
    """2-D sin-cos positions: a quarter of the dimensions each for sin and cos of row and column. [token, hidden]"""
    rates = torch.exp(-math.log(100.0) * torch.arange(hidden // 4) / (hidden // 4))
    waves = torch.arange(grid)[:, None] * rates  # [place, rate]
    place = torch.cat([waves.sin(), waves.cos()], dim=1)  # [place, hidden / 2]
    rows, columns = place[:, None].expand(grid, grid, -1), place[None, :].expand(grid, grid, -1)
    return torch.cat([rows, columns], dim=2).reshape(grid * grid, hidden)


def tower() -> CLIPVisionModel:
    """A tower with fresh weights. Positions start as sin-cos: with random ones they can't be read from the features."""
    model = CLIPVisionModel(config())
    with torch.no_grad():
        positions = model.embeddings.position_embedding.weight  # [1 + token, hidden], the class token first
        positions[0] = 0
        positions[1:] = sine_cosine(GRID, positions.shape[1])
    return model


def features(model: CLIPVisionModel, images: np.ndarray) -> Tensor:
    """The states that feed the adapter: no class token. uint8 [image, row, column, 3] -> [image, token, hidden]"""
    with torch.no_grad():
        states = model(pixel_values(images), output_hidden_states=True).hidden_states
    return states[FEATURE_LAYER][:, 1:].float()


def schedule(step: int, steps: int, warmup: int) -> float:
    """Linear warm-up, then a cosine to zero."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))


def pretrain(images: np.ndarray, shares: np.ndarray, steps: int, seed: int, batch: int = 32) -> CLIPVisionModel:
    """Learns which classes an image has, and how much of it each covers, from the class token alone.

    images: uint8 [image, row, column, 3]; shares: float32 [image, class]
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 101])
    model = tower()
    head = nn.Linear(128, 2 * len(CLASSES))
    parameters = [*model.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.05)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * schedule(step, steps, 200)
        picked = rng.integers(0, len(images), batch)
        flipped = images[picked][:, :, ::-1].copy() if rng.random() < 0.5 else images[picked]
        target = torch.from_numpy(shares[picked])
        with torch.autocast("cpu", torch.bfloat16):
            presence, area = head(model(pixel_values(flipped)).pooler_output).float().chunk(2, dim=1)
        present = nn.functional.binary_cross_entropy_with_logits(presence, (target > PRESENT).float())
        loss = present + nn.functional.cross_entropy(area, target)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if step % 100 == 0 or step == steps - 1:
            right = ((presence > 0) == (target > PRESENT)).float().mean().item()
            print(f"vision {step:5d}  loss {loss.item():.3f}  presence right {right:.3f}", flush=True)
    return model.eval().requires_grad_(False)
