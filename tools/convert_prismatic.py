#!/usr/bin/env python3
"""Turns a Prismatic checkpoint (prismatic-vlms of TRI-ML) into a LLaVA directory that rebound reads.

    python tools/convert_prismatic.py RUN OUT [--vision TIMM_WEIGHTS] [--text-config CONFIG]

RUN holds `config.json` and `checkpoints/latest-checkpoint.pt`. Its encoder was frozen as a rule, and is then not in the
checkpoint: --vision names the weights that timm loads for it (.safetensors or .pt). --text-config is the `config.json` of a
LLaMA that is not one of those known here.

The features are those of the second-to-last block without class token and registers, and the image stands right behind the
first token, so specs need `prefix_token_ids: [1]`. Images are squashed (resize-naive) or padded (letterbox), as the run says.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

HALF = [0.5, 0.5, 0.5]
# What timm's names of the encoders mean: heads, side of the input, normalisation, and the config's own keys.
CLIP = dict(mean=[0.48145466, 0.4578275, 0.40821073], std=[0.26862954, 0.26130258, 0.27577711])
SIGLIP = dict(mean=HALF, std=HALF)
DINOV2 = dict(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
ENCODERS = {
    "clip-vit-b": dict(kind="clip", heads=12, side=224, **CLIP),
    "clip-vit-l": dict(kind="clip", heads=16, side=224, **CLIP),
    "clip-vit-l-336px": dict(kind="clip", heads=16, side=336, **CLIP),
    "siglip-vit-b16-224px": dict(kind="siglip", heads=12, side=224, **SIGLIP),
    "siglip-vit-b16-256px": dict(kind="siglip", heads=12, side=256, **SIGLIP),
    "siglip-vit-b16-384px": dict(kind="siglip", heads=12, side=384, **SIGLIP),
    "siglip-vit-so400m": dict(kind="siglip", heads=16, side=224, **SIGLIP),
    "siglip-vit-so400m-384px": dict(kind="siglip", heads=16, side=384, **SIGLIP),
    "dinov2-vit-l": dict(kind="dinov2", heads=16, side=224, **DINOV2),
}
LLAMA = dict(model_type="llama", rms_norm_eps=1e-5, max_position_embeddings=4096)
DECODERS = {
    "vicuna-v15-7b": dict(num_attention_heads=32, **LLAMA),
    "vicuna-v15-13b": dict(num_attention_heads=40, **LLAMA),
    "llama2-7b-pure": dict(num_attention_heads=32, **LLAMA),
    "llama2-13b-pure": dict(num_attention_heads=40, **LLAMA),
    "llama2-7b-chat": dict(num_attention_heads=32, **LLAMA),
    "llama2-13b-chat": dict(num_attention_heads=40, **LLAMA),
}
NORMS = {"clip": ("layer_norm1", "layer_norm2"), "siglip": ("layer_norm1", "layer_norm2"), "dinov2": ("norm1", "norm2")}
TOWER = {"clip": "vision_tower.vision_model.", "siglip": "vision_tower.vision_model.", "dinov2": "vision_tower."}


def fail(message):
    raise SystemExit(f"convert_prismatic: {message}")


def known(table, name, what):
    return table.get(name) or fail(f"{what} '{name}' is not one of {', '.join(table)}")


def load(path):
    path = Path(path)
    return load_file(path) if path.suffix == ".safetensors" else torch.load(path, map_location="cpu", weights_only=True)


def block(kind, index, weights):
    """One timm block under Hugging Face's names."""
    old = f"blocks.{index}."
    new = f"encoder.{'layer' if kind == 'dinov2' else 'layers'}.{index}."
    attention = new + ("attention.attention." if kind == "dinov2" else "self_attn.")
    output = new + ("attention.output.dense" if kind == "dinov2" else "self_attn.out_proj")
    names = ("query", "key", "value") if kind == "dinov2" else ("q_proj", "k_proj", "v_proj")
    for end in ("weight", "bias"):
        for name, part in zip(names, weights.pop(f"{old}attn.qkv.{end}").chunk(3)):
            yield f"{attention}{name}.{end}", part
        yield f"{output}.{end}", weights.pop(f"{old}attn.proj.{end}")
        for number, norm in enumerate(NORMS[kind], 1):
            yield f"{new}{norm}.{end}", weights.pop(f"{old}norm{number}.{end}")
            yield f"{new}mlp.fc{number}.{end}", weights.pop(f"{old}mlp.fc{number}.{end}")
    if kind == "dinov2":
        for number in (1, 2):
            yield f"{new}layer_scale{number}.lambda1", weights.pop(f"{old}ls{number}.gamma")


def embeddings(kind, weights):
    """timm's tokens and positions under Hugging Face's names."""
    positions = weights.pop("pos_embed")
    patch = "embeddings.patch_embeddings.projection." if kind == "dinov2" else "embeddings.patch_embedding."
    yield patch + "weight", weights.pop("patch_embed.proj.weight")
    if kind != "clip":
        yield patch + "bias", weights.pop("patch_embed.proj.bias")
    if kind == "dinov2":
        # timm's registers and class token have no position: the class token's is part of it.
        yield "embeddings.cls_token", weights.pop("cls_token")
        yield "embeddings.register_tokens", weights.pop("reg_token")
        yield "embeddings.position_embeddings", torch.cat((torch.zeros_like(positions[:, :1]), positions), dim=1)
        return
    yield "embeddings.position_embedding.weight", positions[0]
    if kind == "clip":
        yield "embeddings.class_embedding", weights.pop("cls_token").flatten()
        for end in ("weight", "bias"):
            yield f"pre_layrnorm.{end}", weights.pop(f"norm_pre.{end}")


def vision(encoder, weights):
    """(Hugging Face's weights, its config)."""
    kind = encoder["kind"]
    # Behind the last block: norm, pooling, classifier.
    weights = {k: v for k, v in weights.items() if not k.startswith(("norm.", "fc_norm.", "attn_pool.", "head."))}
    if kind == "dinov2":
        weights.pop("mask_token", None)
    layers = 1 + max(int(k.split(".")[1]) for k in weights if k.startswith("blocks."))
    width, _, patch, _ = weights["patch_embed.proj.weight"].shape
    inner = weights["blocks.0.mlp.fc1.weight"].shape[0]
    tokens = weights["pos_embed"].shape[1] - (kind == "clip")
    trained = round(tokens**0.5) * patch
    if kind != "dinov2" and trained != encoder["side"]:
        fail(f"the encoder's positions are those of a {trained}×{trained} image, not {encoder['side']}×{encoder['side']}")
    config = dict(
        hidden_size=width, num_hidden_layers=layers, num_attention_heads=encoder["heads"], patch_size=patch,
        image_size=trained, num_channels=3)
    if kind == "clip":
        config |= dict(model_type="clip_vision_model", intermediate_size=inner, hidden_act="quick_gelu", layer_norm_eps=1e-5)
    elif kind == "siglip":
        # timm's SigLIP has the exact GELU.
        config |= dict(model_type="siglip_vision_model", intermediate_size=inner, hidden_act="gelu", layer_norm_eps=1e-6)
    else:
        config |= dict(
            model_type="dinov2_with_registers", mlp_ratio=inner / width, hidden_act="gelu", layer_norm_eps=1e-6,
            num_register_tokens=weights["reg_token"].shape[1], use_swiglu_ffn=False, qkv_bias=True)
    converted = dict(embeddings(kind, weights))
    for index in range(layers):
        converted |= dict(block(kind, index, weights))
    if weights:
        fail(f"the encoder holds {sorted(weights)[0]}, which is not known here")
    return {TOWER[kind] + name: weight for name, weight in converted.items()}, config


def decoder(config, weights):
    """(Hugging Face's weights, its config) of `llm.…`."""
    converted = {f"language_model.{name.removeprefix('llm.')}": weight for name, weight in weights.items()}
    embedding = converted["language_model.model.embed_tokens.weight"]
    layers = 1 + max(int(k.split(".")[3]) for k in converted if ".layers." in k)
    keys = converted["language_model.model.layers.0.self_attn.k_proj.weight"].shape[0]
    head = config.get("head_dim") or embedding.shape[1] // config["num_attention_heads"]
    inner = converted["language_model.model.layers.0.mlp.gate_proj.weight"].shape[0]
    return converted, config | dict(
        vocab_size=embedding.shape[0], hidden_size=embedding.shape[1], num_hidden_layers=layers,
        num_key_value_heads=keys // head, intermediate_size=inner)


def preprocessor(encoder, strategy):
    side = encoder["side"]
    square = {"height": side, "width": side}
    common = dict(
        image_processor_type="CLIPImageProcessor", do_resize=True, resample=3, do_rescale=True, rescale_factor=1 / 255,
        do_normalize=True, image_mean=encoder["mean"], image_std=encoder["std"], do_convert_rgb=True)
    if strategy == "resize-naive":
        return common | dict(size=square, do_center_crop=False)
    if strategy == "letterbox":
        return common | dict(
            image_processor_type="PrismaticImageProcessor", image_resize_strategy=strategy, size={"shortest_edge": side},
            crop_size=square)
    fail(f"image_resize_strategy '{strategy}' is neither resize-naive nor letterbox")


def convert(run, out, vision_weights=None, text_config=None):
    run, out = Path(run), Path(out)
    settings = json.loads((run / "config.json").read_text())["model"]
    checkpoint = load(run / "checkpoints" / "latest-checkpoint.pt")["model"]
    encoder = known(ENCODERS, settings["vision_backbone_id"], "vision_backbone_id")
    if not settings["arch_specifier"].endswith("gelu-mlp") or "fused" in settings["arch_specifier"]:
        fail(f"arch_specifier '{settings['arch_specifier']}' is not a gelu-mlp, the projector of LLaVA")
    processor = preprocessor(encoder, settings["image_resize_strategy"])
    text = text_config or known(DECODERS, settings["llm_backbone_id"], "llm_backbone_id")
    featurizer = {k.removeprefix("featurizer."): v for k, v in checkpoint.get("vision_backbone", {}).items()}
    if not featurizer and vision_weights is None:
        fail("the checkpoint has no vision_backbone (it was frozen): give timm's weights with --vision")
    vision_tensors, vision_config = vision(encoder, featurizer or load(vision_weights))
    text_tensors, text = decoder(text, checkpoint["llm_backbone"])
    projector = {
        f"multi_modal_projector.linear_{number}.{end}": checkpoint["projector"][f"projector.{index}.{end}"]
        for number, index in ((1, 0), (2, 2)) for end in ("weight", "bias")
    }
    out.mkdir(parents=True, exist_ok=True)
    tensors = {name: weight.contiguous().clone() for name, weight in (vision_tensors | projector | text_tensors).items()}
    save_file(tensors, out / "model.safetensors", metadata={"format": "pt"})
    config = dict(
        model_type="llava", architectures=["LlavaForConditionalGeneration"], vision_config=vision_config, text_config=text,
        vision_feature_layer=-2, vision_feature_select_strategy="patches", projector_hidden_act="gelu",
        multimodal_projector_bias=True)
    for name, value in (("config.json", config), ("preprocessor_config.json", processor)):
        (out / name).write_text(json.dumps(value, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("--vision", metavar="TIMM_WEIGHTS")
    parser.add_argument("--text-config", metavar="CONFIG")
    options = parser.parse_args()
    text = json.loads(Path(options.text_config).read_text()) if options.text_config else None
    convert(options.run, options.out, options.vision, text)
    print(f"{options.out}: specs of this model need `prefix_token_ids: [1]`")


if __name__ == "__main__":
    main()
