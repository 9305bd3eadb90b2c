//! A fixture for each technology: what it declares, and who reads and writes what.
