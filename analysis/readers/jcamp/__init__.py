"""JCAMP-DX 4.24 and 5.01: infrared, Raman and near-infrared spectra, read strictly."""
