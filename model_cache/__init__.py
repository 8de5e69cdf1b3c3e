"""Where models live: listed, found, read, run. The only TensorFlow in the project."""
