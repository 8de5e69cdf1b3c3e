"""Which weights a folder has."""

import hashlib

import pytest

from model_cache.hashes import sha256, weights_sha256

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2


def test_a_file_has_the_published_hash(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"abc")
    assert sha256(tmp_path / "model.safetensors") == ABC
    assert weights_sha256(tmp_path) == ABC


def test_weights_in_the_hubs_cache_are_named_by_their_hash(tmp_path):
    (tmp_path / "blobs").mkdir()
    digest = hashlib.sha256(b"weights").hexdigest()
    (tmp_path / "blobs" / digest).write_bytes(b"weights")
    (tmp_path / "snapshot").mkdir()
    (tmp_path / "snapshot" / "model.safetensors").symlink_to(f"../blobs/{digest}")
    assert weights_sha256(tmp_path / "snapshot") == digest


def test_without_weights_there_is_no_hash(tmp_path):
    with pytest.raises(FileNotFoundError):
        weights_sha256(tmp_path)
