/**
 * Files that somebody else could have planted.
 *
 * <p>In come paths, out come open files and directories together with what the kernel says of the open thing, never of its
 * name. Knows nothing of what is in them.
 */
@NullMarked
package io.portero.files;

import org.jspecify.annotations.NullMarked;
