# Run by cpack before it packs: folders get the same mode whatever the umask is.  For files CMake
# does that itself; CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS does not reach those it makes on the way.
file(CHMOD_RECURSE "${CPACK_TEMPORARY_DIRECTORY}" DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
