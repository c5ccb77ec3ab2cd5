"""The adapter and the decoder: next-token training on questions about places, `r c answer`."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from transformers import CLIPVisionModel, LlamaConfig, LlamaForCausalLM

from dataset import GRID
from textures import CLASSES
from vision import features, schedule

WORDS = ["<pad>", "<bos>", "<eos>", "<image>", "scene", "places"]
WORDS += [f"r{row}" for row in range(GRID)] + [f"c{column}" for column in range(GRID)] + CLASSES
IMAGE = WORDS.index("<image>")
ROW, COLUMN, ANSWER = WORDS.index("r0"), WORDS.index("c0"), WORDS.index(CLASSES[0])
PREFIX = [WORDS.index("<bos>"), WORDS.index("scene")]
SUFFIX = [WORDS.index("places")]
QUESTIONS = 32
"""Distinct places asked of one image."""


def config() -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(WORDS), hidden_size=192, intermediate_size=384, num_hidden_layers=6, num_attention_heads=3,
        num_key_value_heads=3, head_dim=64, max_position_embeddings=256, rms_norm_eps=1e-5, initializer_range=0.05,
        tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, pad_token_id=0, attn_implementation="eager",
    )  # fmt: skip


def decoder(seed: int) -> LlamaForCausalLM:
    """A decoder with fresh weights. Its word embeddings start ten times as large as its matrices."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM(config())
    with torch.no_grad():
        model.model.embed_tokens.weight.mul_(10)
    return model


def adapter(sample: Tensor, seed: int) -> nn.Sequential:
    """linear_1, GELU, linear_2 with fresh weights, scaled so that its output on `sample` [.., hidden] has rms 1."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(128, 192), nn.GELU(), nn.Linear(192, 192))
    with torch.no_grad():
        for layer in (model[0], model[2]):
            nn.init.normal_(layer.weight, std=0.05)
            nn.init.zeros_(layer.bias)
        model[2].weight.div_(model(sample).square().mean().sqrt())
    return model


def questions(rng: np.random.Generator, gold: np.ndarray) -> Tensor:
    """`r c answer` for distinct random places. gold: uint8 [image, token] -> word ids [image, 3 * QUESTIONS]"""
    places = np.stack([rng.permutation(gold.shape[1])[:QUESTIONS] for _ in gold])  # [image, question]
    answers = np.take_along_axis(gold, places, axis=1).astype(np.int64)
    words = np.stack([ROW + places // GRID, COLUMN + places % GRID, ANSWER + answers], axis=2)
    return torch.from_numpy(words.reshape(len(gold), -1))


def answer_logits(model: LlamaForCausalLM, image: Tensor, text: Tensor) -> Tensor:
    """Logits at the column words, which predict the answers. image [image, token, hidden] -> [image, question, word]"""
    embed = model.model.embed_tokens
    prefix = embed(torch.tensor(PREFIX)).expand(len(image), -1, -1)
    suffix = embed(torch.tensor(SUFFIX)).expand(len(image), -1, -1)
    inputs = torch.cat([prefix, image, suffix, embed(text)], dim=1)
    start = len(PREFIX) + image.shape[1] + len(SUFFIX)
    return model.lm_head(model.model(inputs_embeds=inputs).last_hidden_state[:, start + 1 :: 3])


def parameter_groups(model: LlamaForCausalLM, projector: nn.Module, rate: float, decay: float) -> list[dict]:
    """Matrices decay; vectors don't; the larger word embeddings move in proportion to their size."""
    words = model.model.embed_tokens.weight
    rest = [weight for weight in [*model.parameters(), *projector.parameters()] if weight is not words]
    return [
        {"params": [weight for weight in rest if weight.ndim > 1], "peak": rate, "weight_decay": decay},
        {"params": [weight for weight in rest if weight.ndim == 1], "peak": rate, "weight_decay": 0.0},
        {"params": [words], "peak": 10 * rate, "weight_decay": decay / 10},
    ]


def train(
    tower: CLIPVisionModel, images: np.ndarray, gold: np.ndarray, steps: int, seed: int, batch: int = 8
) -> tuple[nn.Sequential, LlamaForCausalLM]:
    """Trains adapter and decoder on images uint8 [image, row, column, 3] with gold uint8 [image, token]."""
    rng = np.random.default_rng([seed, 102])
    model, projector = decoder(seed), adapter(features(tower, images[:64]), seed)
    optimizer = torch.optim.AdamW(parameter_groups(model, projector, 1.2e-3, 0.05), lr=0.0, betas=(0.9, 0.98))
    weights = [*model.parameters(), *projector.parameters()]
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * schedule(step, steps, 100)
        picked = rng.integers(0, len(images), batch)
        shown, asked = images[picked], gold[picked]
        if rng.random() < 0.5:
            shown = shown[:, :, ::-1].copy()
            asked = asked.reshape(batch, GRID, GRID)[:, :, ::-1].reshape(batch, -1)
        text = questions(rng, asked)
        answers = text[:, 2::3]
        with torch.autocast("cpu", torch.bfloat16):
            logits = answer_logits(model, projector(features(tower, shown)), text).float()
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), answers.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        if step % 100 == 0 or step == steps - 1:
            right = (logits.argmax(-1) == answers).float().mean().item()
            print(f"language {step:5d}  loss {loss.item():.3f}  answers right {right:.3f}", flush=True)
    return projector.eval(), model.eval()
