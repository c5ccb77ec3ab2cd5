#!/usr/bin/env python3
"""Makes Tests/Fixtures/models: tiny random checkpoints with what transformers computes from them.

Everything is float32 on one CPU thread with eager attention, from fixed seeds. Each fixture is proven: wrong programs are
run beside the right one, and each must miss by over 100 times the tolerance of the tests (see docs/exactness.md).

    python -m pip install -r tools/requirements.txt
    python tools/make_fixtures.py [NAME ...]
"""

import json
import shutil
import sys
from functools import partial
from itertools import product
from pathlib import Path

import torch
import yaml
from safetensors.torch import save_file

from fixtures import images, models, proofs
from fixtures.knockouts import Sequence, cases
from fixtures.reference import Reference

ROOT = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "models"
MOST_BYTES = 12_000_000


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def make(name, build, processor, write_image=images.write_png, shard_size="1GB", names=None, prefix=models.PREFIX):
    """Makes one fixture; `names` are the knockouts it has, or None for all."""
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "model").mkdir(parents=True)
    (folder / "knockouts").mkdir()

    model = build()
    models.save(model, folder / "model", shard_size, processor)
    image = folder / f"image.{'png' if write_image is images.write_png else 'jpg'}"
    write_image(image)

    inputs = images.inputs(image, processor)
    sequence = Sequence(
        prefix=prefix, grid=models.grid(model.config, images.tile(inputs)),
        suffix=models.tiles(model, inputs) + models.SUFFIX, windows=models.windows(model.config.text_config),
        is_causal=model.config.model_type != "paligemma")
    reference = Reference(model, sequence, inputs)
    baseline = reference.run()
    save_file(baseline.tensors(), folder / "baseline.safetensors")

    knockouts = [
        case
        for case in cases(sequence, layers=model.config.text_config.num_hidden_layers)
        if names is None or case.name in names
    ]
    for case in knockouts:
        result = reference.run(case)
        layers = {site: state for site, state in result.tensors().items() if site.startswith("llm.")}
        layers["effective_edges"] = reference.effective_edges(case, result)
        save_file(layers, folder / "knockouts" / f"{case.name}.safetensors")
        text = yaml.safe_dump(case.spec(), sort_keys=False, default_flow_style=None, width=100)
        (folder / "knockouts" / f"{case.name}.yaml").write_text(text)
    write_json(
        folder / "fixture.json",
        {
            "image": image.name,
            "prefix_ids": prefix,
            "suffix_ids": models.SUFFIX,
            "knockouts": [case.canonical() for case in knockouts],
        },
    )
    write_json(folder / "proofs.json", proofs.prove(reference, baseline, knockouts))


def main():
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    few = ["blocked", "some-heads", "open-window"]
    windowed = [*few, "prefix-keys"]
    # The multi-head model resizes beyond its crop, so that cropping cuts both edges.
    make("multi-head", models.multi_head, images.clip(36, edge=41), shard_size="300KB")
    make("grouped-query", models.grouped_query, images.clip(28, edge=28), images.write_jpeg)
    encoders = {
        "siglip": (models.siglip, images.siglip(24), images.write_png),
        "dinov2": (models.dinov2, images.bit(24, edge=27), images.write_png),
        "dinov2-registers": (models.dinov2_registers, images.bit(24, edge=27), images.write_jpeg),
    }
    decoders = {
        "mistral": (models.mistral, windowed),
        "qwen2": (models.qwen2, [*windowed, "several-layers"]),
        "qwen3": (models.qwen3, few),
        "gemma": (models.gemma, few),
    }
    # Each encoder with a small LLaMA, each decoder behind a small CLIP, and every other pair of them.
    for name, (build, processor, write_image) in encoders.items():
        make(name, build, processor, write_image, names=few)
    for name, (build, names) in decoders.items():
        make(name, build, images.clip(24, edge=24), names=names)
    for index, (encoder, decoder) in enumerate(product(encoders, decoders)):
        front, processor, write_image = encoders[encoder]
        build = partial(models.joined, front, decoders[decoder][0], seed=50 + index)
        make(f"{encoder}-{decoder}", build, processor, write_image, names=few)
    make("llava-next", models.llava_next, images.llava_next(24), names=few)
    make("llava-onevision", models.llava_onevision, images.llava_onevision(26), names=few)
    make("idefics3", models.idefics3, images.idefics3(32, edge=80), names=few)
    make("smolvlm", models.smolvlm, images.smolvlm(37, edge=50), images.write_jpeg, names=few)
    make(
        "paligemma", models.paligemma, images.paligemma(24, tokens=16), prefix=[],
        names=["blocked", "some-heads", "neighbours", "future-keys", "suffix-keys", "suffix-queries"])
    size = sum(file.stat().st_size for file in ROOT.rglob("*") if file.is_file())
    assert size < MOST_BYTES, f"the fixtures take {size} bytes, more than {MOST_BYTES}"
    print(f"{ROOT}: {size} bytes")


if __name__ == "__main__":
    main()
