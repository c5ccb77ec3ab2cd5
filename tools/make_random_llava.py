"""Writes a LLaVA-1.5-7B checkpoint with random bfloat16 weights: the real geometry and key names, for measuring.

    python tools/make_random_llava.py DIRECTORY

13.5 GB in shards of at most 5 GB, in a few minutes, with NumPy alone. The weights repeat one block of normal numbers.
"""

import json
import struct
import sys
from pathlib import Path

import numpy

HIDDEN, INTERMEDIATE, LAYERS, VOCABULARY = 4096, 11_008, 32, 32_064
VISION_HIDDEN, VISION_INTERMEDIATE, VISION_LAYERS, PATCHES = 1024, 4096, 24, 576
SHARD_BYTES = 5_000_000_000

CONFIG = {
    "model_type": "llava",
    "architectures": ["LlavaForConditionalGeneration"],
    "image_token_index": 32_000,
    "projector_hidden_act": "gelu",
    "vision_feature_layer": -2,
    "vision_feature_select_strategy": "default",
    "text_config": {
        "model_type": "llama", "hidden_size": HIDDEN, "intermediate_size": INTERMEDIATE, "num_hidden_layers": LAYERS,
        "num_attention_heads": 32, "vocab_size": VOCABULARY, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
    },
    "vision_config": {
        "model_type": "clip_vision_model", "hidden_size": VISION_HIDDEN, "intermediate_size": VISION_INTERMEDIATE,
        "num_hidden_layers": VISION_LAYERS, "num_attention_heads": 16, "image_size": 336, "patch_size": 14,
        "projection_dim": 768,
    },
}
PREPROCESSOR = {
    "image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336},
}


def tensors():
    """Every (name, shape), in checkpoint order. Norms are the names whose weights are ones."""
    tower = "vision_tower.vision_model."
    yield tower + "embeddings.class_embedding", (VISION_HIDDEN,)
    yield tower + "embeddings.patch_embedding.weight", (VISION_HIDDEN, 3, 14, 14)
    yield tower + "embeddings.position_embedding.weight", (PATCHES + 1, VISION_HIDDEN)
    yield from norm(tower + "pre_layrnorm")
    for layer in range(VISION_LAYERS):
        block = f"{tower}encoder.layers.{layer}."
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            yield from linear(f"{block}self_attn.{name}", VISION_HIDDEN, VISION_HIDDEN)
        yield from norm(block + "layer_norm1")
        yield from linear(block + "mlp.fc1", VISION_INTERMEDIATE, VISION_HIDDEN)
        yield from linear(block + "mlp.fc2", VISION_HIDDEN, VISION_INTERMEDIATE)
        yield from norm(block + "layer_norm2")
    yield from norm(tower + "post_layernorm")
    yield from linear("multi_modal_projector.linear_1", HIDDEN, VISION_HIDDEN)
    yield from linear("multi_modal_projector.linear_2", HIDDEN, HIDDEN)
    yield "language_model.model.embed_tokens.weight", (VOCABULARY, HIDDEN)
    for layer in range(LAYERS):
        block = f"language_model.model.layers.{layer}."
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            yield f"{block}self_attn.{name}.weight", (HIDDEN, HIDDEN)
        yield block + "mlp.gate_proj.weight", (INTERMEDIATE, HIDDEN)
        yield block + "mlp.up_proj.weight", (INTERMEDIATE, HIDDEN)
        yield block + "mlp.down_proj.weight", (HIDDEN, INTERMEDIATE)
        yield block + "input_layernorm.weight", (HIDDEN,)
        yield block + "post_attention_layernorm.weight", (HIDDEN,)
    yield "language_model.model.norm.weight", (HIDDEN,)
    yield "language_model.lm_head.weight", (VOCABULARY, HIDDEN)


def linear(name, outputs, inputs):
    yield name + ".weight", (outputs, inputs)
    yield name + ".bias", (outputs,)


def norm(name):
    yield name + ".weight", (VISION_HIDDEN,)
    yield name + ".bias", (VISION_HIDDEN,)


def shards():
    """Lists of (name, shape), each of at most SHARD_BYTES."""
    shard, size = [], 0
    for name, shape in tensors():
        if shard and size + byte_count(shape) > SHARD_BYTES:
            yield shard
            shard, size = [], 0
        shard.append((name, shape))
        size += byte_count(shape)
    yield shard


def byte_count(shape):
    return 2 * int(numpy.prod(shape))


def bfloat16(values):
    """The upper halves of float32 numbers, little-endian."""
    return (numpy.asarray(values, numpy.float32).view(numpy.uint32) >> 16).astype("<u2")


def write_shard(path, shard, block, ones):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in shard:
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, offset + byte_count(shape)]}
        offset += byte_count(shape)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for index, (name, shape) in enumerate(shard):
            count = int(numpy.prod(shape))
            if "norm" in name and name.endswith("weight"):
                file.write(ones[:count].tobytes())
                continue
            start = 7_919 * index % len(block)
            while count:
                piece = block[start : start + count]
                file.write(piece.tobytes())
                count, start = count - len(piece), 0


def main():
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True)
    block = bfloat16(numpy.random.default_rng(0).normal(0, 0.02, 1 << 24))
    ones = bfloat16(numpy.ones(HIDDEN))
    parts = list(shards())
    weight_map = {}
    for number, shard in enumerate(parts, 1):
        file = f"model-{number:05}-of-{len(parts):05}.safetensors"
        write_shard(directory / file, shard, block, ones)
        weight_map |= {name: file for name, _ in shard}
    total = sum(byte_count(shape) for _, shape in tensors())
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    (directory / "config.json").write_text(json.dumps(CONFIG, indent=2))
    (directory / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR, indent=2))
    print(f"{directory}: {total / 1e9:.1f} GB of weights in {len(parts)} shards")


if __name__ == "__main__":
    main()
