"""Treebanks and atlases: what heads do over many sentences. No Streamlit."""
