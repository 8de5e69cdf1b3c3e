"""What a reading of a sentence means: NumPy and pandas, no Streamlit, no TensorFlow."""
