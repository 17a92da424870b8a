//! A record rendered for other programs.
