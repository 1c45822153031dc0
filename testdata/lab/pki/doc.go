// Package pki makes the certificates of the lab: one authority for each
// cluster and one for the Git server, and leaves signed by them.
//
// Everything is made anew at each start and lives as long as the lab. Keys are
// ECDSA P-256, because making an RSA key is the slowest step of a start.
//
// # Decisions
//
// Every authority is its own. A test that hands the certificate of one cluster
// to a client of another meets the same refusal as an operator who mixed two
// kubeconfig files up.
package pki
