/**
 * Opens files safely in places where somebody else could have planted a file or a link.
 *
 * <p>Input: paths. Output: open files and directories with their metadata, which is read from the open file, never from
 * its name. This package knows nothing about the content of files.
 */
@NullMarked
package io.portero.files;

import org.jspecify.annotations.NullMarked;
