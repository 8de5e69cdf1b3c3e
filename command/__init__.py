"""The parts of mask.py: its options, its input, its output. No Streamlit."""
