//! What every text index must do.
