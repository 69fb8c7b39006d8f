/**
 * A first policy from the rules of another firewall.
 *
 * <p>In come the texts of ufw's, firewalld's and iptables' files, and nft's listing; out goes the text of a policy file that
 * admits no more than those rules did, with what could not be carried over as comments. This package reads no file, runs no
 * program and asks no kernel; whether its text is a good policy is for {@code config} to say.
 */
@NullMarked
package io.portero.migration;

import org.jspecify.annotations.NullMarked;
