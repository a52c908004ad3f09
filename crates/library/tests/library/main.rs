//! The library through its door, with its real engines in folders of their own.

mod answers;
mod books;
mod crashes;
mod degraded;
mod documents;
mod indexes;
mod limits;
mod support;
mod tenants;
