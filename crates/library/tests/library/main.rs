//! The library through its door, with its real engines in folders of their own.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod books;
#[cfg(test)]
mod conversations;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod degraded;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod evaluated;
#[cfg(test)]
mod experiments;
#[cfg(test)]
mod feedback;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod indexes;
#[cfg(test)]
mod injection;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod model;
#[cfg(test)]
mod personas;
#[cfg(test)]
mod recalled;
#[cfg(test)]
mod security;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod usage;
#[cfg(test)]
mod verified;
#[cfg(test)]
mod writings;
