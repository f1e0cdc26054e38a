//! What serde leaves out.

/// Whether a field says nothing, because it has the value that its absence stands for.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
