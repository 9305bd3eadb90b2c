//! Dense indices into the vectors of a [`Codebase`](super::codebase::Codebase).
//! They order as the vectors do, and mean nothing outside the value that they index.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the vector that this indexes.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            fn from(index: usize) -> Self {
                Self(u32::try_from(index).expect("more than u32::MAX entries"))
            }
        }
    )*};
}

id! {
    /// Index into `Codebase::crates`.
    CrateId;
    /// Index into `Codebase::modules`.
    ModuleId;
    /// Index into `Codebase::items`.
    ItemId;
    /// Index into `Codebase::files`.
    FileId;
    /// Index into `Plan::services` and of a community in a `Partition`.
    ServiceId;
}
