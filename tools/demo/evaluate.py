"""What plain transformers says of the exported checkpoint: answers, and linear probes at each site.

    python tools/demo/evaluate.py examples/demo
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration

import dataset
import language
import probes
from vision import pixel_values

BATCH = 10
IMAGE_TOKENS = dataset.GRID**2


def word_ids(text: Tensor) -> Tensor:
    """The whole input for questions [image, word]: prefix, image places, suffix, text. [image, position]"""
    before = torch.tensor(language.PREFIX + [language.IMAGE] * IMAGE_TOKENS + language.SUFFIX)
    return torch.cat([before.expand(len(text), -1), text], dim=1)


@torch.no_grad()
def answers(model: LlavaForConditionalGeneration, images: np.ndarray, gold: np.ndarray) -> tuple[float, float]:
    """Shares of right answers: without, and with, the true answers to earlier questions in the text."""
    rng, start = np.random.default_rng(3), len(language.PREFIX) + IMAGE_TOKENS + len(language.SUFFIX)
    alone, after = [], []
    for first in range(0, len(images), BATCH):
        pixels = pixel_values(images[first : first + BATCH])
        text = language.questions(rng, gold[first : first + BATCH])
        logits = model(input_ids=word_ids(text), pixel_values=pixels).logits[:, start + 1 :: 3]
        after.append(logits.argmax(-1) == text[:, 2::3])
        for question in range(10):
            asked = text[:, 3 * question : 3 * question + 3]
            logits = model(input_ids=word_ids(asked[:, :2]), pixel_values=pixels).logits[:, -1]
            alone.append(logits.argmax(-1) == asked[:, 2])
    return torch.cat(alone).float().mean().item(), torch.cat(after).float().mean().item()


@torch.no_grad()
def states(model: LlavaForConditionalGeneration, images: np.ndarray) -> dict[str, Tensor]:
    """States of the image tokens at the feature site, the adapter and behind each decoder block, before the final norm.

    uint8 [image, row, column, 3] -> site: [image, token, hidden]
    """
    feature = len(model.model.vision_tower.encoder.layers) + 1 + model.config.vision_feature_layer
    found: dict[str, list[Tensor]] = {}
    first = len(language.PREFIX)

    def keep(site: str, drop: int):
        return lambda _, __, out: found.setdefault(site, []).append(
            (out[0] if isinstance(out, tuple) else out)[:, drop : drop + IMAGE_TOKENS]
        )

    hooks = [
        model.model.vision_tower.encoder.layers[feature - 1].register_forward_hook(keep(f"vision.{feature}", 1)),
        model.model.multi_modal_projector.register_forward_hook(keep("adapter", 0)),
    ]
    for number, block in enumerate(model.model.language_model.layers, start=1):
        hooks.append(block.register_forward_hook(keep(f"llm.{number}", first)))
    for start in range(0, len(images), BATCH):
        part = pixel_values(images[start : start + BATCH])
        model(input_ids=word_ids(torch.empty(len(part), 0, dtype=torch.long)), pixel_values=part)
    for hook in hooks:
        hook.remove()
    return {site: torch.cat(parts) for site, parts in found.items()}


def bootstrap(share: np.ndarray, total: np.ndarray) -> str:
    """95 % interval of Σ share / Σ total over resampled images; share, total: [image]"""
    picks = np.random.default_rng(4).integers(0, len(share), (2000, len(share)))
    low, high = np.quantile(share[picks].sum(1) / total[picks].sum(1), [0.025, 0.975])
    return f"[{low:+.3f}, {high:+.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("demo", type=Path, help="directory with scenes/, model/ and twin/")
    root = parser.parse_args().demo
    torch.set_num_threads(1)
    train, train_gold = dataset.read(root / "scenes", "train")
    images, gold = dataset.read(root / "scenes", "evaluate")
    for name in ("model", "twin"):
        model = LlavaForConditionalGeneration.from_pretrained(root / name, dtype=torch.float32).eval()
        alone, after = answers(model, images, gold)
        print(f"\n{name}: answers right {alone:.3f} (first question), {after:.3f} (after true earlier answers)\n")
        fitting, scoring = states(model, train), states(model, images)
        right = {site: probes.fit(fitting[site], train_gold).predict(scoring[site]) == gold for site in scoring}
        reference = right["adapter"]
        print("| site | accuracy | minus adapter, 95 % | recovery | relapse |\n|---|---|---|---|---|")
        for site, hit in right.items():
            spread = bootstrap((hit.mean(1) - reference.mean(1)), np.ones(len(hit)))
            print(
                f"| {site} | {hit.mean():.3f} | {hit.mean() - reference.mean():+.3f} {spread}"
                f" | {hit[~reference].mean():.3f} | {(~hit[reference]).mean():.3f} |"
            )
        halves = [probes.fit(fitting["adapter"][half::2], train_gold[half::2]) for half in (0, 1)]
        chosen, scored = (half.predict(scoring["adapter"]) == gold for half in halves)
        print(f"\nrecovery floor (adapter against itself, probes of two halves): {scored[~chosen].mean():.3f}")


if __name__ == "__main__":
    main()
