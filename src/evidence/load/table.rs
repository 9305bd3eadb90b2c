//! Crates that bring much with them, and calls that say by what work is bound.
//!
//! Takes: nothing. Gives: [`CRATES`] and [`CALLS`]. A crate is heavy where it brings a stack of its own, in native code or as a model, an
//! index or a codec, so that a service without it is smaller and scales otherwise.

use crate::model::evidence::load::Bound::{self, Cpu, Io, Memory};

/// A crate by the name that code knows it by, by what its work is bound, and what it brings.
pub(super) const CRATES: &[(&str, Bound, &str)] = &[
    ("image", Cpu, "codecs of images"),
    ("imageproc", Cpu, "image processing"),
    ("fast_image_resize", Cpu, "image processing"),
    ("magick_rust", Cpu, "ImageMagick, a native library"),
    ("libvips", Cpu, "libvips, a native library"),
    ("ravif", Cpu, "an encoder of AVIF"),
    ("webp", Cpu, "libwebp, a native library"),
    ("resvg", Cpu, "a renderer of SVG"),
    ("ffmpeg_next", Cpu, "FFmpeg, a native library"),
    ("ffmpeg_sys_next", Cpu, "FFmpeg, a native library"),
    ("ac_ffmpeg", Cpu, "FFmpeg, a native library"),
    ("gstreamer", Cpu, "GStreamer, a native library"),
    ("rav1e", Cpu, "an encoder of video"),
    ("symphonia", Cpu, "codecs of sound"),
    ("opencv", Cpu, "OpenCV, a native library"),
    ("tch", Memory, "libtorch and its models"),
    ("candle_core", Memory, "tensors and models"),
    ("burn", Memory, "tensors and models"),
    ("ort", Memory, "ONNX Runtime and its models"),
    ("tract_onnx", Memory, "models of ONNX"),
    ("tensorflow", Memory, "TensorFlow and its models"),
    ("fastembed", Memory, "models of embeddings"),
    ("rust_bert", Memory, "language models"),
    ("tokenizers", Cpu, "tokenizers of language models"),
    ("linfa", Cpu, "machine learning"),
    ("ndarray_linalg", Cpu, "LAPACK, a native library"),
    ("argon2", Cpu, "hashing that is made to be slow"),
    ("bcrypt", Cpu, "hashing that is made to be slow"),
    ("scrypt", Cpu, "hashing that is made to be slow"),
    ("pbkdf2", Cpu, "hashing that is made to be slow"),
    ("rsa", Cpu, "arithmetic of public keys"),
    ("openssl", Cpu, "OpenSSL, a native library"),
    ("pgp", Cpu, "OpenPGP"),
    ("sequoia_openpgp", Cpu, "OpenPGP"),
    ("bellman", Cpu, "proofs without knowledge"),
    ("ark_groth16", Cpu, "proofs without knowledge"),
    ("halo2_proofs", Cpu, "proofs without knowledge"),
    ("zstd", Cpu, "zstd, a native library"),
    ("brotli", Cpu, "compression"),
    ("flate2", Cpu, "compression"),
    ("xz2", Cpu, "liblzma, a native library"),
    ("bzip2", Cpu, "libbz2, a native library"),
    ("lz4", Cpu, "lz4, a native library"),
    ("tantivy", Io, "a search engine with its index"),
    ("lucene", Io, "a search engine with its index"),
    ("milli", Io, "a search engine with its index"),
    ("hnsw_rs", Memory, "an index of vectors in memory"),
    ("usearch", Memory, "an index of vectors in memory"),
    ("rocksdb", Io, "RocksDB, a native store on disk"),
    ("heed", Io, "LMDB, a native store on disk"),
    ("lmdb", Io, "LMDB, a native store on disk"),
    ("sled", Io, "a store on disk"),
    ("redb", Io, "a store on disk"),
    ("fjall", Io, "a store on disk"),
    ("duckdb", Memory, "DuckDB, a native engine for analysis"),
    ("polars", Memory, "data frames in memory"),
    ("datafusion", Memory, "an engine for analysis"),
    ("arrow", Memory, "columns in memory"),
    ("parquet", Cpu, "files of columns, compressed"),
    ("wasmtime", Cpu, "a compiler and runtime of WebAssembly"),
    ("wasmer", Cpu, "a compiler and runtime of WebAssembly"),
    ("deno_core", Memory, "V8, a native engine of JavaScript"),
    ("v8", Memory, "V8, a native engine of JavaScript"),
    ("rquickjs", Cpu, "an engine of JavaScript"),
    ("mlua", Cpu, "Lua, a native interpreter"),
    ("pyo3", Memory, "Python, a native interpreter"),
    ("headless_chrome", Memory, "a browser"),
    ("chromiumoxide", Memory, "a browser"),
    ("fantoccini", Memory, "a browser"),
    ("wkhtmltopdf", Cpu, "WebKit, a native library"),
    ("typst", Cpu, "a typesetter"),
    ("printpdf", Cpu, "writing of PDF"),
    ("lopdf", Memory, "PDF in memory"),
    ("pdfium_render", Cpu, "PDFium, a native library"),
    ("calamine", Memory, "spreadsheets in memory"),
    ("git2", Io, "libgit2, a native library"),
    ("gix", Io, "repositories of git on disk"),
    ("z3", Cpu, "Z3, a native solver"),
    ("good_lp", Cpu, "solvers of linear programs"),
];

/// Calls by their name.
pub(super) struct Call {
    pub(super) names: &'static [&'static str],
    /// The last name but one of a function's path; `None` for a method or for any.
    pub(super) of: Option<&'static [&'static str]>,
    /// The module has to use one of these crates.
    pub(super) crates: &'static [&'static str],
    pub(super) bound: Bound,
    pub(super) why: &'static str,
}

/// Work on all cores.
pub(super) const PARALLEL: &[&str] = &[
    "par_iter",
    "par_iter_mut",
    "into_par_iter",
    "par_bridge",
    "par_chunks",
    "par_chunks_mut",
    "par_sort",
    "par_sort_unstable",
    "par_sort_by",
    "par_sort_by_key",
    "par_extend",
];
/// Work that is kept off the threads on which others wait.
pub(super) const BLOCKING: &[&str] = &["spawn_blocking", "block_in_place"];
/// Functions of files.
pub(super) const FILES: &[(&str, &str)] = &[
    ("fs", "read"),
    ("fs", "read_to_string"),
    ("fs", "write"),
    ("fs", "copy"),
    ("fs", "rename"),
    ("fs", "remove_file"),
    ("fs", "remove_dir_all"),
    ("fs", "read_dir"),
    ("fs", "create_dir_all"),
    ("File", "open"),
    ("File", "create"),
    ("OpenOptions", "new"),
];
const FILE_NAMES: &[&str] = &[
    "read",
    "read_to_string",
    "write",
    "copy",
    "rename",
    "remove_file",
    "remove_dir_all",
    "read_dir",
    "create_dir_all",
    "open",
    "create",
    "new",
];

pub(super) const CALLS: &[Call] = &[
    Call { names: PARALLEL, of: None, crates: &["rayon"], bound: Cpu, why: "work on all cores" },
    Call {
        names: BLOCKING,
        of: None,
        crates: &["tokio", "actix_web", "actix_rt", "async_std", "smol", "blocking"],
        bound: Cpu,
        why: "work that is kept off the threads on which others wait",
    },
    Call { names: FILE_NAMES, of: Some(&["fs", "File", "OpenOptions"]), crates: &[], bound: Io, why: "files" },
];
