#!/usr/bin/env python3
"""Makes Tests/Fixtures/models: tiny random LLaVA checkpoints with what transformers computes from them.

Everything is float32 on one CPU thread with eager attention, from fixed seeds. Each fixture is proven: wrong programs are
run beside the right one, and each must miss by over 100 times the tolerance of the tests (see docs/exactness.md).

    python -m pip install -r tools/requirements.txt
    python tools/make_fixtures.py
"""

import json
import shutil
from pathlib import Path

import torch
import yaml
from safetensors.torch import save_file

from fixtures import images, models, proofs
from fixtures.knockouts import Sequence, cases
from fixtures.reference import Reference

ROOT = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "models"
MOST_BYTES = 3_000_000


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def make(name, build, write_image, suffix_of_image, shard_size):
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "model").mkdir(parents=True)
    (folder / "knockouts").mkdir()

    model = build()
    models.save(model, folder / "model", shard_size)
    image = folder / f"image.{suffix_of_image}"
    write_image(image)

    grid = model.config.vision_config.image_size // model.config.vision_config.patch_size
    sequence = Sequence(prefix=models.PREFIX, grid=grid, suffix=models.SUFFIX)
    reference = Reference(model, sequence, images.pixels(image, folder / "model"))
    baseline = reference.run()
    save_file(baseline.tensors(), folder / "baseline.safetensors")

    knockouts = cases(sequence, layers=model.config.text_config.num_hidden_layers)
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
            "prefix_ids": models.PREFIX,
            "suffix_ids": models.SUFFIX,
            "knockouts": [case.canonical() for case in knockouts],
        },
    )
    write_json(folder / "proofs.json", proofs.prove(reference, baseline, knockouts))


def main():
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    make("multi-head", models.multi_head, images.write_png, "png", shard_size="300KB")
    make("grouped-query", models.grouped_query, images.write_jpeg, "jpg", shard_size="1GB")
    size = sum(file.stat().st_size for file in ROOT.rglob("*") if file.is_file())
    assert size < MOST_BYTES, f"the fixtures take {size} bytes, more than {MOST_BYTES}"
    print(f"{ROOT}: {size} bytes")


if __name__ == "__main__":
    main()
