//! The webhook from outside: the real router, and the real TLS listener.

#[cfg(test)]
mod admission;
#[cfg(test)]
mod broken;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod defaults;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod guardrails;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod hostile_policies;
#[cfg(test)]
mod http;
#[cfg(test)]
mod never_refused;
#[cfg(test)]
mod phases;
#[cfg(test)]
mod protected;
#[cfg(test)]
mod selfcheck;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod valid;
#[cfg(test)]
mod warnings;
#[cfg(test)]
mod world;
