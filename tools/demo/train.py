"""Makes the demo: scenes, model and untrained twin. Everything follows from the seed and fixed step counts.

    python tools/demo/train.py --out examples/demo --seed 0
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch

import dataset
import language
import vision
from export import export


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="directory for scenes/, model/ and twin/")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="part of the recipe: other counts round differently")
    parser.add_argument("--pretraining-scenes", type=int, default=16_000)
    parser.add_argument("--vision-steps", type=int, default=3_000)
    parser.add_argument("--language-steps", type=int, default=6_000)
    parser.add_argument("--scenes-only", action="store_true", help="write the probes' scenes and stop")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    start = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - start:6.0f} s  {what}", flush=True)

    dataset.write(arguments.seed, "train", 150, arguments.out / "scenes")
    dataset.write(arguments.seed, "evaluate", 200, arguments.out / "scenes")
    say("scenes written")
    if arguments.scenes_only:
        return
    images, gold, shares = dataset.pretraining(arguments.seed, arguments.pretraining_scenes)
    say("pretraining scenes drawn")
    tower = vision.pretrain(images, shares, arguments.vision_steps, arguments.seed)
    say("vision tower trained")
    adapter, decoder = language.train(tower, images, gold, arguments.language_steps, arguments.seed)
    say("adapter and decoder trained")
    export(tower, adapter, decoder, arguments.seed, arguments.out)
    say("exported")


if __name__ == "__main__":
    main()
