/**
 * A first policy from the rules of another firewall.
 *
 * <p>Input: the texts of ufw's, firewalld's and iptables' files, and nft's listing. Output: the text of a policy file
 * that admits no more than those rules did. Comments in it list what could not be carried over. This package reads no
 * file, runs no program and asks no kernel; and {@code config} checks the resulting policy.
 */
@NullMarked
package io.portero.migration;

import org.jspecify.annotations.NullMarked;
