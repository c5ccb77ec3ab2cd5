#!/usr/bin/env python3
"""Compares rebound on converted Prismatic checkpoints with timm and transformers on the originals.

    python -m pip install -r tools/requirements.txt timm==1.0.28 torchvision
    python tools/check_prismatic.py .build/release/rebound
    python tools/check_prismatic.py --fixtures        # writes Tests/Fixtures/prismatic, for the tests

The checkpoints are tiny and random, one for each kind of encoder, with the structure and the names that prismatic-vlms
writes. timm computes the encoder as prismatic-vlms asks it to, and LlamaModel the rest; rebound gets what
`convert_prismatic.py` makes of the checkpoint. Exits 1 if a state differs by over 1e-4.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import timm
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from timm.layers import resample_abs_pos_embed
from torchvision import transforms
from torchvision.transforms import functional
from transformers import LlamaConfig, LlamaForCausalLM

import convert_prismatic
from fixtures.images import picture

TOLERANCE = 1e-4
FIXTURES = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "prismatic"
BOS, SUFFIX = 1, [5, 3]
# timm's model, and the arguments that make it small.
TIMM = {
    "clip-vit-l": ("vit_large_patch14_clip_224.openai", dict(act_layer="quick_gelu")),
    "siglip-vit-so400m": ("vit_so400m_patch14_siglip_224", {}),
    "dinov2-vit-l": ("vit_large_patch14_reg4_dinov2.lvd142m", {}),
}
WIDTH, BLOCKS, SIDE = 32, 3, 56


def randomise(module, seed):
    """Every weight matters, norms and biases too."""
    generator = torch.Generator().manual_seed(seed)
    for name, weight in module.named_parameters():
        spread = torch.randn(weight.shape, generator=generator)
        if name.endswith(("norm.weight", "norm1.weight", "norm2.weight", "norm_pre.weight", "gamma")):
            weight.copy_(1 + 0.25 * spread)
        elif weight.ndim == 1:
            weight.copy_(0.3 * spread)
        elif name.endswith(("pos_embed", "token", "embed_tokens.weight")):
            weight.copy_(0.7 * spread)
        else:
            weight.copy_(1.5 * spread * weight[0].numel() ** -0.5)
    return module.eval()


def letterbox(image, mean):
    """`LetterboxPad` of prismatic-vlms: as much of the mean colour on both sides."""
    horizontal, vertical = (int((max(image.size) - size) / 2) for size in image.size)
    return functional.pad(image, (horizontal, vertical, horizontal, vertical), tuple(int(x * 255) for x in mean), "constant")


def original(encoder, image, strategy):
    """(checkpoint, states by site) of one tiny Prismatic model."""
    name, options = TIMM[encoder]
    settings = convert_prismatic.ENCODERS[encoder]
    tower = randomise(
        timm.create_model(
            name, pretrained=False, num_classes=0, img_size=SIDE, embed_dim=WIDTH, depth=BLOCKS,
            num_heads=settings["heads"], **options), seed=1)
    positions = tower.pos_embed.clone()
    if settings["kind"] == "dinov2":
        # As trained on 84×84: timm interpolates when it loads, and rebound has to do it like that.
        positions = torch.randn(1, 36, WIDTH, generator=torch.Generator().manual_seed(4)) * 0.7
        tower.pos_embed.copy_(resample_abs_pos_embed(positions, (SIDE // 14, SIDE // 14), num_prefix_tokens=0))
    config = LlamaConfig(
        vocab_size=16, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4, rms_norm_eps=1e-5)
    config._attn_implementation = "eager"
    llm = randomise(LlamaForCausalLM(config), seed=2)
    projector = randomise(torch.nn.Sequential(torch.nn.Linear(WIDTH, 32), torch.nn.GELU(), torch.nn.Linear(32, 32)), seed=3)

    if strategy == "letterbox":
        image = letterbox(image, settings["mean"])
    size = (SIDE, SIDE) if strategy == "resize-naive" else SIDE
    prepare = transforms.Compose([
        transforms.Resize(size, interpolation=transforms.InterpolationMode.BICUBIC), transforms.CenterCrop(SIDE),
        transforms.ToTensor(), transforms.Normalize(settings["mean"], settings["std"]),
    ])
    pixels = prepare(image)[None]
    states = {}
    for index, block in enumerate(tower.get_intermediate_layers(pixels, n=range(BLOCKS))):
        states[f"vision.{index + 1}"] = block[0]
    features = tower.get_intermediate_layers(pixels, n={BLOCKS - 2})[0]
    states["adapter"] = projector(features)[0]
    words = llm.model.embed_tokens(torch.tensor([[BOS, *SUFFIX]]))
    rows = torch.cat((words[:, :1], states["adapter"][None], words[:, 1:]), dim=1)
    for index, block in enumerate(llm.model.layers):
        def keep(_, __, output, site=f"llm.{index + 1}"):
            states[site] = (output[0] if isinstance(output, tuple) else output).reshape(rows.shape)[0, 1 : -len(SUFFIX)]

        block.register_forward_hook(keep)
    llm.model(inputs_embeds=rows, use_cache=False)
    checkpoint = {
        "model": {
            "projector": {f"projector.{k}": v for k, v in projector.state_dict().items()},
            "llm_backbone": {f"llm.{k}": v for k, v in llm.state_dict().items()},
            "vision_backbone": {f"featurizer.{k}": v for k, v in (tower.state_dict() | {"pos_embed": positions}).items()},
        }
    }
    return checkpoint, config, states


def prepare(folder, out, encoder, frozen, strategy):
    """Writes `image.png` and, converted, the model into `out`; returns the original's states by site. `frozen`: the encoder's
    weights lie beside the checkpoint."""
    image = out / "image.png"
    # Letterboxed, a pixel is lacking.
    picture(90, 75, seed=3).save(image)
    checkpoint, config, states = original(encoder, Image.open(image), strategy)
    settings = {
        "vision_backbone_id": encoder, "llm_backbone_id": "vicuna-v15-7b", "arch_specifier": "no-align+gelu-mlp",
        "image_resize_strategy": strategy,
    }
    (folder / "checkpoints").mkdir()
    (folder / "config.json").write_text(json.dumps({"model": settings}))
    weights = None
    if frozen:
        weights = folder / "timm.pt"
        tower = checkpoint["model"].pop("vision_backbone")
        torch.save({k.removeprefix("featurizer."): v for k, v in tower.items()}, weights)
    torch.save(checkpoint, folder / "checkpoints" / "latest-checkpoint.pt")
    convert_prismatic.convert(folder, out / "model", weights, config.to_dict())
    return states


def check(binary, encoder, frozen, strategy):
    """The largest error over sites."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        states = prepare(folder, folder, encoder, frozen, strategy)
        subprocess.run(
            [binary, "trace", "--model", folder / "model", "--image", folder / "image.png", "--prefix-ids", str(BOS), "--out",
             folder / "trace.safetensors"], check=True, capture_output=True)
        found = load_file(folder / "trace.safetensors")
        return max(
            ((found[site] - state).norm(dim=-1) / state.norm(dim=-1)).max().item() for site, state in states.items())


def write_fixtures():
    for encoder, strategy in zip(TIMM, ("letterbox", "letterbox", "resize-naive")):
        out = FIXTURES / convert_prismatic.ENCODERS[encoder]["kind"]
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as folder:
            states = prepare(Path(folder), out, encoder, True, strategy)
        save_file({site: state.contiguous() for site, state in states.items()}, out / "states.safetensors")


def main():
    torch.set_grad_enabled(False)
    for encoder in TIMM:
        convert_prismatic.ENCODERS[encoder] |= {"side": SIDE}
    if sys.argv[1] == "--fixtures":
        write_fixtures()
        return
    binary = Path(sys.argv[1]).resolve()
    worst = 0.0
    for encoder in TIMM:
        for frozen, strategy in ((False, "resize-naive"), (True, "letterbox")):
            error = check(binary, encoder, frozen, strategy)
            print(f"{encoder}{', frozen' if frozen else ''}, {strategy}: {error:.1e}")
            worst = max(worst, error)
    sys.exit(worst > TOLERANCE)


if __name__ == "__main__":
    main()
