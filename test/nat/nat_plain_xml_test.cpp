// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/plain_xml.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_plain_xml_test)

BOOST_AUTO_TEST_SUITE(plain_xml_of)

BOOST_AUTO_TEST_CASE(a_document_is_its_elements_and_their_texts) {
  BOOST_TEST(*plain_xml("<?xml version='1.0'?>\n<!-- x --><a:b xmlns:a='u' c='/d>'>\n <e/> f <g>\n"
                        " h&amp;&#105; <![CDATA[<j>&]]>\t</g>k</a:b>") ==
             "<b><e></e><g>h&i ?j>&</g></b>");
  BOOST_TEST(*plain_xml("<a> b <c/></a>") == "<a><c></c></a>");
  BOOST_TEST(*plain_xml("<a>b<!-- c -->d<?e?></a>") == "<a>bd</a>");
  BOOST_TEST(*plain_xml("\xef\xbb\xbf\r\n<a>\xc3\xa9</a>\n") == "<a>\xc3\x83\xc2\xa9</a>");
}

BOOST_AUTO_TEST_CASE(what_is_none_is_nothing) {
  for (const auto* x : {"", " ", "a", "<a>", "<a></b>", "<a/><b/>", "<a>&</a>", "<a>&b;</a>",
                        "<a b=c/>", "<!DOCTYPE a", "<a>\x01</a>", "<html><br></html>"})
    BOOST_TEST(!plain_xml(x), x);
}

BOOST_AUTO_TEST_CASE(what_grows_without_bound_is_nothing) {
  std::string bomb = "<!DOCTYPE a [<!ENTITY e0 'laughter'>";
  for (auto i = 1; i < 20; ++i) {
    auto before = "&e" + std::to_string(i - 1) + ';';
    bomb += "<!ENTITY e" + std::to_string(i) + " '";
    for (auto n = 0; n < 10; ++n)
      bomb += before;
    bomb += "'>";
  }
  BOOST_TEST(!plain_xml(bomb + "]><a>&e19;</a>"));
  BOOST_TEST(*plain_xml("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>") == "<a>c</a>");
  std::string deep;
  while (deep.size() < max_plain_xml - 3)
    deep += "<a>";
  BOOST_TEST(!plain_xml(deep));
  BOOST_TEST(!plain_xml("<a>" + std::string(max_plain_xml, 'b') + "</a>"));
}

BOOST_AUTO_TEST_CASE(nobody_outside_is_asked_for_a_part) {
  BOOST_TEST(*plain_xml("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>c&b;</a>") ==
             "<a>c</a>");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
