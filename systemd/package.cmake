# Two Debian packages: vodeventd, and vodsim with the simulator.  `ninja package` makes both.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME vodeventd)
set(CPACK_PACKAGE_VENDOR "The vodeventd authors")
set(CPACK_PACKAGE_CONTACT "The vodeventd authors <vodeventd@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "pull, store and confirm the events of Tencent Cloud VOD")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL vodeventd vodsim)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/systemd/debian/folders.cmake)

set(CPACK_DEBIAN_VODEVENTD_PACKAGE_NAME vodeventd)
set(CPACK_DEBIAN_VODEVENTD_PACKAGE_DEPENDS "systemd (>= 250), ca-certificates")
set(CPACK_DEBIAN_VODEVENTD_PACKAGE_RECOMMENDS sqlite3)
set(CPACK_DEBIAN_VODEVENTD_PACKAGE_SUGGESTS vodsim)
set(CPACK_COMPONENT_VODEVENTD_DESCRIPTION
"Applications on Tencent Cloud VOD learn what happened to their media from
event notifications.  vodeventd pulls them from the queue of the reliable
callback, stores each durably in an SQLite database, and only then confirms
it.  The events are read with SQL.")
set(CPACK_DEBIAN_VODEVENTD_PACKAGE_CONTROL_EXTRA
  ${CMAKE_SOURCE_DIR}/systemd/debian/conffiles ${CMAKE_SOURCE_DIR}/systemd/debian/postinst
  ${CMAKE_SOURCE_DIR}/systemd/debian/prerm ${CMAKE_SOURCE_DIR}/systemd/debian/postrm)

set(CPACK_DEBIAN_VODSIM_PACKAGE_NAME vodsim)
set(CPACK_DEBIAN_VODSIM_DESCRIPTION "stand-in for the event queue of Tencent Cloud VOD
 Answers on loopback as the service does: signatures, leases, long polls,
 limits, redeliveries, and faults on demand.  Try vodeventd, or a consumer of
 your own, without an account.")
set(CPACK_DEBIAN_VODSIM_PACKAGE_SECTION devel)
set(CPACK_COMPONENT_VODSIM_DESCRIPTION
"vodsim answers on loopback as the event queue of Tencent Cloud VOD does:
signatures, leases, long polls, limits, redeliveries, and faults on demand.
Try vodeventd, or a consumer of your own, without an account.")

# ---- what Debian wants beside it --------------------------------------------------------------------
configure_file(systemd/debian/changelog.in ${CMAKE_BINARY_DIR}/debian/changelog @ONLY)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/debian/changelog.gz
  COMMAND gzip -9nkf ${CMAKE_BINARY_DIR}/debian/changelog DEPENDS ${CMAKE_BINARY_DIR}/debian/changelog)
add_custom_target(debian-files ALL DEPENDS ${CMAKE_BINARY_DIR}/debian/changelog.gz)
foreach(package vodeventd vodsim)
  install(FILES systemd/debian/copyright ${CMAKE_BINARY_DIR}/debian/changelog.gz
    DESTINATION share/doc/${package} COMPONENT ${package})
  install(FILES systemd/debian/${package}.lintian-overrides
    DESTINATION share/lintian/overrides RENAME ${package} COMPONENT ${package})
endforeach()

include(CPack)
